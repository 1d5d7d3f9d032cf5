import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** Where a fault is proved to be weathered: a file below the repository's root, and the name of a test or a group in it. */
interface Proof {
  readonly file: string
  readonly name: string
}

const core = (file: string, name: string): Proof => ({ file: `packages/core/${file}`, name })
const react = (file: string, name: string): Proof => ({ file: `packages/react/src/${file}`, name })
const network = 'test/task-faults-network.test.ts'
const http = 'test/task-faults-http.test.ts'
const order = 'test/task-faults-order.test.ts'
const data = 'test/task-faults-data.test.ts'
const proxy = 'test/task-faults-proxy.test.ts'
const browser = 'test/task-faults-browser.test.ts'
const lifecycle = 'test/task-faults-lifecycle.test.ts'

/** Every fault of the matrix, by the name that it has there. */
const proofs = {
  // network
  'cut-any-byte': [core('test/faults.test.ts', 'when the line ends after any byte')],
  'fin-mid-event': [core(network, 'fin-mid-event')],
  'truncated-chunked': [core(network, 'truncated-chunked')],
  'connect-refused': [core(network, 'connect-refused')],
  'headers-never': [core(network, 'headers-never')],
  'half-open': [core(network, 'half-open')],
  'slow-loris': [core(network, 'slow-loris')],
  // progress
  'heartbeat-only': [core(data, 'heartbeat-only')],
  // http and auth
  '5xx-burst': [core(http, '5xx-burst')],
  '4xx-fatal': [core(http, '4xx-fatal')],
  '204': [core(http, '204')],
  '429-retry-after': [core(http, '429-retry-after')],
  '401-refresh': [core(http, '401-refresh')],
  redirect: [core(http, 'redirect')],
  'wrong-mime': [core(http, 'wrong-mime')],
  // order
  'duplicate-replay': [core(order, 'duplicate-replay')],
  reorder: [core(order, 'reorder')],
  gap: [core(order, 'gap')],
  'epoch-change': [core(order, 'epoch-change')],
  'unknown-id': [core(order, 'unknown-id')],
  'terminal-then-more': [core(order, 'terminal-then-more')],
  'no-terminal': [core(order, 'no-terminal')],
  'double-terminal': [core(order, 'double-terminal')],
  'stop-vs-cut': [core(order, 'stop-vs-cut')],
  // size and data
  'huge-event': [core('test/bad-input.test.ts', 'a message of 64 MiB'), core(data, 'huge-event')],
  flood: [
    core(data, 'flood'),
    react(
      'render-budget.test.tsx',
      'renders once for a thousand updates between two frames, and all that show it show one moment',
    ),
  ],
  'invalid-json': [
    core(data, 'invalid-json'),
    core('test/bad-input.test.ts', 'invalid JSON in place of any message'),
  ],
  'invalid-utf8': [
    core(data, 'invalid-utf8'),
    core('test/bad-input.test.ts', 'bytes that are not UTF-8 in any message'),
  ],
  'proto-pollution': [
    core('src/protocol/inference/decode-task.test.ts', 'are not misled by keys that a prototype has'),
    core('src/protocol/json.test.ts', 'see a __proto__ that came over the wire as the plain key that it is'),
  ],
  // proxy
  gzip: [core(proxy, 'gzip')],
  'proxy-buffering': [core(proxy, 'proxy-buffering')],
  // browser
  'offline-online': [core(browser, 'offline-online')],
  'sleep-wake': [core(browser, 'sleep-wake')],
  'clock-change': [core(browser, 'clock-change')],
  'tab-hidden': [core(browser, 'tab-hidden')],
  'six-connections': [core(browser, 'six-connections')],
  // react
  'strict-mode': [
    react(
      'use-task-stream.test.tsx',
      'starts one task over one line for three components that write the config in their own way, under StrictMode (L11)',
    ),
    react('use-task-stream.test.tsx', 'moves to another config and lets the line of the first one go'),
  ],
  'many-hooks': [core(lifecycle, 'many-watchers')],
  // lifecycle and hot loop
  'close-races': [core(lifecycle, 'close-races')],
  leak: [core(lifecycle, 'leak'), core('test/memory.test.ts', 'a thousand runs')],
  'retry-zero': [core(lifecycle, 'retry-zero')],
  'thundering-herd': [core(lifecycle, 'thundering-herd')],
} as const satisfies Readonly<Record<string, readonly Proof[]>>

/** Faults of what is not there yet, each with the reason. */
const later: Readonly<Record<string, string>> = {
  'partial-json': 'Arguments of tools come with agents; a task has no JSON that is shown before it is whole.',
}

function readFaultIds(): readonly string[] {
  const url = new URL('../../../../shared/fixtures/task-faults.json', import.meta.url)
  if (!existsSync(url)) return []
  const { faults } = JSON.parse(readFileSync(url, 'utf8')) as {
    readonly faults: readonly { readonly id: string }[]
  }
  return faults.map(({ id }) => id)
}

describe('the matrix of faults', () => {
  it.each(Object.entries(proofs).flatMap(([id, list]) => list.map((proof) => [id, proof] as const)))(
    '%s is proved where it is said to be',
    (_id, { file, name }) => {
      const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
      expect(['', ' ›', ' ('].some((end) => text.includes(`'${name}${end}`))).toBe(true)
    },
  )

  const ids = readFaultIds()
  it.skipIf(ids.length === 0)('no fault is missing, and none is unknown', () => {
    expect([...Object.keys(proofs), ...Object.keys(later)].toSorted()).toEqual(ids.toSorted())
  })
})

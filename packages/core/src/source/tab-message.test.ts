import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BroadcastPort } from './tab-channel.ts'
import { openTabChannel, TAB_PROTOCOL, type TabMessage } from './tab-message.ts'

/** A port that is told by hand. */
function createPort() {
  const listeners: ((event: { readonly data: unknown }) => void)[] = []
  const posted: unknown[] = []
  const port: BroadcastPort = {
    postMessage: (message) => void posted.push(structuredClone(message)),
    addEventListener: (_, listener) => void listeners.push(listener),
    close() {},
  }
  return { port, posted, tell: (data: unknown) => listeners.forEach((listener) => listener({ data })) }
}

const messages: readonly TabMessage[] = [
  { type: 'hello', from: 'a' },
  { type: 'ping', from: 'a' },
  { type: 'lead', from: 'a', term: 0 },
  { type: 'pong', from: 'a', term: 1 },
  { type: 'over', from: 'a', term: 2 },
  {
    type: 'batch',
    from: 'a',
    term: 1,
    number: 1,
    beginning: { transport: 'polling', isWhole: false },
    frames: [
      { type: 'message', event: 'x', id: null, data: '1' },
      { type: 'message', event: 'x', id: '', data: '' },
      { type: 'id', id: '7' },
      { type: 'retry', delayMs: 5 },
      { type: 'unreadable', reason: 'invalid-utf8', sizeBytes: 3 },
      { type: 'beat' },
    ],
  },
  { type: 'batch', from: 'a', term: 1, number: 2, beginning: null, frames: [] },
  { type: 'transcript', from: 'a', term: 1, to: 'b', number: 0, transport: null, frames: [] },
  { type: 'transcript', from: 'a', term: 1, to: 'b', number: 4, transport: 'stream', frames: null },
]

describe('openTabChannel', () => {
  it.each(messages)('is heard as it was posted: $type', (message) => {
    const [sender, receiver] = [createPort(), createPort()]
    const heard: TabMessage[] = []
    const channel = openTabChannel(receiver.port, (one) => heard.push(one))
    openTabChannel(sender.port, () => {}).post(message)
    sender.posted.forEach(receiver.tell)
    expect(heard).toEqual([message])
    channel.close()
    sender.posted.forEach(receiver.tell)
    channel.post(message)
    expect([heard.length, receiver.posted.length]).toEqual([1, 0])
  })

  it('does not hear a message in which any one thing is of another kind', () => {
    const { port, tell } = createPort()
    const heard: TabMessage[] = []
    openTabChannel(port, (one) => heard.push(one))
    let spoiledCount = 0
    const wrong: readonly unknown[] = [undefined, {}, -1, 1.5, Symbol.iterator, 'x'.repeat(65), [null], [{}]]
    /** Every copy of `value` in which one thing is wrong. */
    const spoil = (value: unknown): unknown[] => {
      if (typeof value !== 'object' || value === null) return []
      return Object.entries(value).flatMap(([key, inner]) => {
        // Any text is a text.
        const isText = key === 'data' || key === 'event' || key === 'id'
        const bad = isText ? wrong.filter((one) => typeof one !== 'string') : wrong
        return [...spoil(inner), ...bad].map((one) =>
          Array.isArray(value)
            ? value.map((same: unknown, i) => (String(i) === key ? one : same))
            : { ...value, [key]: one },
        )
      })
    }
    for (const message of messages) {
      for (const bad of spoil({ version: TAB_PROTOCOL, ...message })) {
        tell(bad)
        spoiledCount++
      }
    }
    expect(heard).toEqual([])
    expect(spoiledCount).toBeGreaterThan(200)
  })

  it('hears nothing of whatever else is said, and never throws', () => {
    const { port, tell } = createPort()
    const heard: TabMessage[] = []
    openTabChannel(port, (one) => heard.push(one))
    fc.assert(fc.property(fc.anything(), (data) => tell(data)))
    tell({ ...messages[0], version: TAB_PROTOCOL + 1 })
    expect(heard).toEqual([])
  })
})

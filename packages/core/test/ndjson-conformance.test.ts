import { describe, expect, it } from 'vitest'
import type { Frame } from '../src/wire/frame.ts'
import { parseJson } from '../src/wire/json.ts'
import { createNdjsonDecoder } from '../src/wire/ndjson.ts'
import { concatBytes, decodeAll, pushAll } from './bytes.ts'
import { chunkBytes, type ConformanceCase, readCases, waysToCut } from './conformance.ts'

interface NdjsonCase extends ConformanceCase {
  readonly expected: readonly unknown[]
  readonly error: boolean
  readonly secret?: readonly string[]
}

/** Values up to the first line that cannot be read, and what is said about such lines. Reading goes on after them. */
function read(frames: readonly Frame[]) {
  const values: unknown[] = []
  const complaints: string[] = []
  for (const frame of frames) {
    if (frame.type === 'unreadable') complaints.push(frame.reason)
    if (frame.type !== 'message') continue
    const parsed = parseJson(frame.data)
    if (!parsed.ok)
      complaints.push(`${parsed.error.message}\n${parsed.error.stack}\n${String(parsed.error.cause)}`)
    else if (complaints.length === 0) values.push(parsed.value)
  }
  return { values, complaints }
}

/** A value as the file writes it: `$raw` is JSON text, `$repeat` a repeated string; both may stand inside another. */
function expand(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(expand)
  if ('$raw' in value && typeof value.$raw === 'string') return JSON.parse(value.$raw) as unknown
  if ('$repeat' in value && typeof value.$repeat === 'string' && 'count' in value) {
    return value.$repeat.repeat(Number(value.count))
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expand(inner)]))
}

/** Cases that we answer otherwise, by name, each with its reason. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'jts-n_structure_UTF8_BOM_no_data':
    'a byte order mark at the start is skipped, and what is left is a blank line',
}

const all = readCases('ndjson-conformance.json') as readonly NdjsonCase[]
const counted = all.filter(({ name }) => !(name in DEVIATIONS))

describe.skipIf(all.length === 0)('NDJSON cases from public suites', () => {
  it.each(counted)('$name gives its values in every cut (L1), and an error where one is due', (given) => {
    const expected = given.expected.map(expand)
    for (const [way, chunks] of waysToCut(given)) {
      const { values, complaints } = read(decodeAll(createNdjsonDecoder(), chunks))
      expect(values, way).toStrictEqual(expected)
      expect(complaints.length > 0, way).toBe(given.error)
      for (const secret of given.secret ?? []) expect(complaints.join('\n'), way).not.toContain(secret)
    }
  })

  it.each(counted.filter(({ heavy }) => heavy !== true))(
    '$name gives a prefix of its frames when it is cut off anywhere',
    (given) => {
      const whole = concatBytes(given.chunks.map(chunkBytes))
      const frames = pushAll(createNdjsonDecoder(), [whole])
      for (let size = 0; size <= whole.length; size++) {
        const some = pushAll(createNdjsonDecoder(), [whole.subarray(0, size)])
        expect(some, `first ${size} bytes`).toStrictEqual(frames.slice(0, some.length))
      }
    },
  )

  it('only answers recorded cases otherwise, none that is counted', () => {
    const levels = all.filter(({ name }) => name in DEVIATIONS).map(({ level }) => level)
    expect(levels).toStrictEqual(Object.keys(DEVIATIONS).map(() => 'policy'))
  })
})

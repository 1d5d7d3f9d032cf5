import { describe, expect, it } from 'vitest'
import type { Frame } from '../src/wire/frame.ts'
import { createSseDecoder } from '../src/wire/sse.ts'
import { concatBytes, decodeAll, pushAll } from './bytes.ts'
import { chunkBytes, type ChunkNotation, type ConformanceCase, readCases, waysToCut } from './conformance.ts'

interface SseCase extends ConformanceCase {
  readonly expected: readonly { readonly event: string; readonly id: string; readonly data: ChunkNotation }[]
  readonly lastEventId: string
  readonly retry: number | null
  readonly afterChunk?: readonly number[]
  readonly initialLastEventId?: string
}

/** What a listener of the HTML standard knows: its events with the last event id each, and what is left behind. */
function listen(frames: readonly Frame[], initialLastEventId: string) {
  const events: { event: string; id: string; data: string }[] = []
  let lastEventId = initialLastEventId
  let retry: number | null = null
  for (const frame of frames) {
    if (frame.type === 'id') lastEventId = frame.id
    if (frame.type === 'retry') retry = frame.delayMs
    if (frame.type === 'message') {
      lastEventId = frame.id ?? lastEventId
      events.push({ event: frame.event, id: lastEventId, data: frame.data })
    }
  }
  return { events, lastEventId, retry }
}

const textOf = (chunk: ChunkNotation): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(chunkBytes(chunk))

/** Cases that we answer otherwise, by name, each with its reason. */
const DEVIATIONS: Readonly<Record<string, string>> = {}

const all = readCases('sse-conformance.json') as readonly SseCase[]
const counted = all.filter(({ level, name }) => level === 'spec' && !(name in DEVIATIONS))

describe.skipIf(all.length === 0)('SSE cases from public suites', () => {
  it.each(counted)('$name gives its events in every cut (L1)', (given) => {
    const initial = given.initialLastEventId ?? ''
    const expected = {
      events: given.expected.map(({ event, id, data }) => ({ event, id, data: textOf(data) })),
      lastEventId: given.lastEventId,
      retry: given.retry,
    }
    for (const [way, chunks] of waysToCut(given)) {
      expect(listen(decodeAll(createSseDecoder(), chunks), initial), way).toStrictEqual(expected)
    }
  })

  it.each(counted.filter(({ heavy }) => heavy !== true))(
    '$name gives a prefix of its frames when it is cut off anywhere, the last event id included',
    (given) => {
      const whole = concatBytes(given.chunks.map(chunkBytes))
      const frames = pushAll(createSseDecoder(), [whole])
      for (let size = 0; size <= whole.length; size++) {
        const some = decodeAll(createSseDecoder(), [whole.subarray(0, size)])
        expect(some, `first ${size} bytes`).toStrictEqual(frames.slice(0, some.length))
      }
    },
  )

  it.each(counted.filter(({ afterChunk }) => afterChunk !== undefined))(
    '$name hands out each event with the chunk that completes it',
    ({ chunks, afterChunk }) => {
      const decoder = createSseDecoder()
      let events = 0
      const counts = chunks.map((chunk) => {
        events += decoder.push(chunkBytes(chunk)).filter(({ type }) => type === 'message').length
        return events
      })
      expect(counts).toStrictEqual(afterChunk)
    },
  )
})

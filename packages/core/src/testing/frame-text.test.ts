import { describe, expect, it } from 'vitest'
import { createNdjsonDecoder } from '../wire/ndjson.ts'
import { createSseDecoder } from '../wire/sse.ts'
import { chooseFraming, frameText, heartbeatText, noiseText } from './frame-text.ts'
import type { Noise } from './simulator-options.ts'

describe('the framing of an answer', () => {
  it.each([
    ['application/x-ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['Application/X-NDJSON, text/event-stream', 'ndjson'],
    ['text/event-stream, application/x-ndjson', 'sse'],
    ['text/event-stream', 'sse'],
    ['*/*', 'sse'],
    [null, 'sse'],
  ])('for %s is %s', (accept, framing) => {
    expect(chooseFraming('negotiate', accept)).toBe(framing)
  })

  it('is the one that was set, whatever was asked', () => {
    expect(chooseFraming('ndjson', 'text/event-stream')).toBe('ndjson')
    expect(chooseFraming('sse', 'application/x-ndjson')).toBe('sse')
  })
})

describe.each(['sse', 'ndjson'] as const)('%s', (framing) => {
  const read = (text: string) => {
    const decoder = framing === 'sse' ? createSseDecoder() : createNdjsonDecoder()
    return [...decoder.push(new TextEncoder().encode(text)), ...decoder.end()]
  }

  it('puts the JSON of a message into one frame', () => {
    const [frame, ...rest] = read(frameText(framing, { event: 'tasks', value: { a: 'x\ny' } }))
    expect(frame).toMatchObject({
      type: 'message',
      event: framing === 'sse' ? 'tasks' : 'message',
      data: '{"a":"x\\ny"}',
    })
    expect(rest).toEqual([])
  })

  it('writes a spoilt text as it is', () => {
    expect(read(frameText(framing, { event: null, value: 1, text: '{"a' }))).toMatchObject([{ data: '{"a' }])
  })

  it('beats without a task message', () => {
    expect(read(heartbeatText(framing))).toEqual(
      framing === 'sse'
        ? [{ type: 'beat' }]
        : [{ type: 'message', event: 'message', id: null, data: '{"type":"heartbeat"}' }],
    )
  })

  it('makes each noise something that a reader passes over', () => {
    const noises: readonly Noise[] = ['blank', 'junk', 'null', 'unknown-event', 'heartbeat']
    const said = noises.map((noise) =>
      read(noiseText(framing, noise)).map((frame) => (frame.type === 'message' ? frame.data : frame.type)),
    )
    const beat = framing === 'sse' ? 'beat' : '{"type":"heartbeat"}'
    const unknown = framing === 'sse' ? '{"sparkle":true}' : '{"event":"sparkles","data":{"sparkle":true}}'
    // In SSE a blank line alone is nothing at all.
    expect(said).toEqual([framing === 'sse' ? [] : ['beat'], ['{"data": oops'], ['null'], [unknown], [beat]])
  })
})

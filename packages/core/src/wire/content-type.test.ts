import { describe, expect, it } from 'vitest'
import { decoderFor } from './content-type.ts'

describe('decoderFor', () => {
  it.each([
    ['text/event-stream', 'sse'],
    ['Text/Event-Stream', 'sse'],
    ['text/event-stream;charset=utf-8', 'sse'],
    ['text/event-stream ; charset=windows-1251', 'sse'],
    [' text/event-stream\t', 'sse'],
    ['text/event-stream;', 'sse'],
    ['application/x-ndjson', 'ndjson'],
    ['application/X-NDJSON; charset=UTF-8', 'ndjson'],
    ['application/ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['application/json-lines', 'ndjson'],
  ])('reads %j as %s', (contentType, format) => {
    expect(decoderFor(contentType)).toBe(format)
  })

  it.each([
    null,
    '',
    ';',
    'text/html',
    'application/json',
    'application/json-seq',
    'text/plain; x=text/event-stream',
    'text/event-stream-extra',
    'text/event-stream bogus',
    'text/event-stream, text/html',
    'text/\u00A0event-stream',
    '\u00A0text/event-stream',
    'constructor',
    '__proto__',
  ])('reads %j as no stream', (contentType) => {
    expect(decoderFor(contentType)).toBeNull()
  })
})

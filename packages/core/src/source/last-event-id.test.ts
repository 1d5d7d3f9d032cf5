import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastEventIdHeader } from './last-event-id.ts'

describe('lastEventIdHeader', () => {
  it.each([
    [null, {}],
    ['', {}],
    ['42', { 'last-event-id': '42' }],
    ['é', { 'last-event-id': 'Ã©' }],
    ['…', { 'last-event-id': 'â\u0080¦' }],
    ['a\nb', {}],
    ['a\rb', {}],
    ['a\0b', {}],
  ])('writes %j as %j', (cursor, headers) => {
    expect(lastEventIdHeader(cursor)).toEqual(headers)
  })

  it('gives a header that can be sent, or none, for every id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (cursor) => {
        const headers = lastEventIdHeader(cursor)
        expect(() => new Headers(headers)).not.toThrow()
      }),
    )
  })

  it('can be read back as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (cursor) => {
        const sent = lastEventIdHeader(cursor)['last-event-id'] ?? ''
        const bytes = Uint8Array.from(sent, (char) => char.charCodeAt(0))
        expect(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)).toBe(cursor)
      }),
    )
  })
})

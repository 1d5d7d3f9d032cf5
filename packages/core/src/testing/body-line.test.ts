import { describe, expect, it, vi } from 'vitest'
import { readBody, type BodyReading } from '../../test/read-body.ts'
import { effectOf } from './body-effects.ts'
import type { BodyEffect } from './body-message.ts'
import { openBodyLine, type BodyLine } from './body-line.ts'
import type { BodyFault } from './fault-kinds.ts'
import { createManualClock } from './manual-clock.ts'
import { createRandom } from './random.ts'

interface Opened {
  readonly line: BodyLine
  readonly reading: BodyReading
  readonly ends: readonly string[]
  readonly abort: AbortController
}

function open(effects: readonly BodyEffect[] = [], chunkBytes = 0): Opened {
  const abort = new AbortController()
  const ends: string[] = []
  const line = openBodyLine({
    effects,
    chunkBytes,
    signal: abort.signal,
    encode: (message) => `${message.text ?? JSON.stringify(message.value)}\n`,
    onRoom: () => {},
    onEnd: (by) => ends.push(by),
  })
  return { line, reading: readBody(new Response(line.body)), ends, abort }
}

const PLACE = { isStream: true, updates: null, random: createRandom(1) } as const

const settle = (): Promise<void> => createManualClock().advance(0)
const send = ({ line }: Opened, ...values: readonly unknown[]): void => {
  for (const value of values) line.send({ event: null, value })
}

describe('a body', () => {
  it('holds what was written, and ends when it is closed', async () => {
    const opened = open()
    send(opened, 1, { a: 'ü' })
    opened.line.write('# beat\n')
    opened.line.close()
    opened.line.close()
    await settle()
    expect(opened.reading).toMatchObject({ text: '1\n{"a":"ü"}\n# beat\n', outcome: 'end' })
    expect(opened.ends).toEqual(['server'])
    expect(opened.line.hasRoom).toBe(false)
  })

  it('is cut into pieces that may split a character', async () => {
    const opened = open([], 1)
    send(opened, '🌙')
    opened.line.close()
    await settle()
    expect(opened.reading.text).toBe('"🌙"\n')
    expect(opened.reading.pieceBytes).toEqual([1, 1, 1, 1, 1, 1, 1])
  })

  it('errors with the reason of the signal, and says that the client ended it', async () => {
    const opened = open()
    send(opened, 1)
    await settle()
    opened.abort.abort(new Error('enough'))
    await settle()
    expect(opened.reading).toMatchObject({ text: '1\n', outcome: 'error', error: new Error('enough') })
    expect(opened.ends).toEqual(['client'])
  })

  it('is over at once when the signal already was', async () => {
    const onEnd = vi.fn<(by: string) => void>()
    const line = openBodyLine({
      effects: [],
      chunkBytes: 0,
      signal: AbortSignal.abort(new Error('before')),
      encode: () => '',
      onRoom: () => expect.unreachable(),
      onEnd,
    })
    expect(onEnd.mock.calls).toEqual([['client']])
    await expect(new Response(line.body).text()).rejects.toThrow('before')
  })

  it('ends when the reader gives it up', async () => {
    const opened = open()
    send(opened, 1)
    await opened.reading.cancel()
    expect(opened.ends).toEqual(['client'])
    opened.abort.abort()
    opened.line.close()
    send(opened, 2)
    expect(opened.ends).toEqual(['client'])
  })

  it('has no room while nobody reads, and again when somebody does', async () => {
    const onRoom = vi.fn<() => void>()
    const line = openBodyLine({
      effects: [],
      chunkBytes: 0,
      signal: new AbortController().signal,
      encode: (message) => String(message.value),
      onRoom,
      onEnd: () => {},
    })
    await settle()
    line.send({ event: null, value: 'x'.repeat(70_000) })
    expect(line.hasRoom).toBe(false)
    onRoom.mockClear()
    await line.body.getReader().read()
    await settle()
    expect(line.hasRoom).toBe(true)
    expect(onRoom).toHaveBeenCalled()
  })
})

describe('a body that fails', () => {
  const error = new Error('the cable is out')

  it.each(['when-read', 'at-once'] as const)('errors %s, and says that the server ended it', async (when) => {
    const opened = open()
    send(opened, 1)
    await settle()
    opened.line.fail(error, when)
    opened.line.fail(new Error('later'), 'at-once')
    expect(opened.line.isOpen).toBe(false)
    await settle()
    expect(opened.reading).toMatchObject({ text: '1\n', outcome: 'error', error })
    expect(opened.ends).toEqual(['server'])
  })

  it.each([
    ['when-read', 'abc', 1],
    ['at-once', '', 1],
  ] as const)('%s, keeps %j for a reader who comes late', async (when, text, endCount) => {
    const onEnd = vi.fn<(by: string) => void>()
    const line = openBodyLine({
      effects: [],
      chunkBytes: 0,
      signal: new AbortController().signal,
      encode: (message) => String(message.value),
      onRoom: () => {},
      onEnd,
    })
    line.send({ event: null, value: 'abc' })
    line.fail(error, when)
    const reading = readBody(new Response(line.body))
    await settle()
    expect(reading).toMatchObject({ text, outcome: 'error', error })
    expect(onEnd).toHaveBeenCalledTimes(endCount)
  })

  it('fails though it has stalled, when the connection breaks at once', async () => {
    const opened = open([effectOf({ kind: 'stall', afterEvents: 0 }, PLACE)])
    opened.line.fail(error, 'when-read')
    await settle()
    expect(opened.reading.outcome).toBe('open')
    opened.line.fail(error, 'at-once')
    await settle()
    expect(opened.reading).toMatchObject({ outcome: 'error', error })
  })
})

describe('faults of a body', () => {
  interface Case {
    readonly name: string
    readonly fault: BodyFault
    readonly text: string
    readonly outcome: BodyReading['outcome']
    readonly ends: readonly string[]
  }
  const cases: readonly Case[] = [
    {
      name: 'bytes, then an error',
      fault: { kind: 'cut-bytes', afterBytes: 3, how: 'reset' },
      text: '"a"',
      outcome: 'error',
      ends: ['server'],
    },
    {
      name: 'bytes, then a clean end',
      fault: { kind: 'cut-bytes', afterBytes: 5, how: 'eof' },
      text: '"a"\n"',
      outcome: 'end',
      ends: ['server'],
    },
    {
      name: 'no byte at all',
      fault: { kind: 'cut-bytes', afterBytes: 0, how: 'reset' },
      text: '',
      outcome: 'error',
      ends: ['server'],
    },
    {
      name: 'messages, then a clean end',
      fault: { kind: 'cut-events', afterEvents: 2, how: 'eof' },
      text: '"a"\n"b"\n',
      outcome: 'end',
      ends: ['server'],
    },
    {
      name: 'messages, then an error',
      fault: { kind: 'cut-events', afterEvents: 1, how: 'reset' },
      text: '"a"\n',
      outcome: 'error',
      ends: ['server'],
    },
    {
      name: 'messages, then silence',
      fault: { kind: 'stall', afterEvents: 1 },
      text: '"a"\n',
      outcome: 'open',
      ends: [],
    },
    {
      name: 'silence from the start',
      fault: { kind: 'stall', afterEvents: 0 },
      text: '',
      outcome: 'open',
      ends: [],
    },
    {
      name: 'bytes, then silence',
      fault: { kind: 'stall-bytes', afterBytes: 5 },
      text: '"a"\n"',
      outcome: 'open',
      ends: [],
    },
    {
      name: 'one message whose JSON is spoilt',
      fault: { kind: 'garble-line', line: 2 },
      text: '"a"\n"b#\n{"c":1}\n',
      outcome: 'open',
      ends: [],
    },
    {
      name: 'one message that is not UTF-8',
      fault: { kind: 'invalid-utf8', line: 3 },
      text: '"a"\n"b"\n{"c":1,"spoilt":"\uFFFD\uFFFD\uFFFD"}\n',
      outcome: 'open',
      ends: [],
    },
  ]

  it.each(cases)('$name', async ({ fault, text, outcome, ends }) => {
    const opened = open([effectOf(fault, PLACE)])
    send(opened, 'a', 'b', { c: 1 })
    await settle()
    expect(opened.reading).toMatchObject({ text, outcome })
    expect(opened.ends).toEqual(ends)
    await opened.reading.cancel().catch(() => {})
  })

  it('counts heartbeats as bytes and not as messages', async () => {
    const opened = open([
      effectOf({ kind: 'cut-events', afterEvents: 2, how: 'eof' }, PLACE),
      effectOf({ kind: 'cut-bytes', afterBytes: 9, how: 'reset' }, PLACE),
    ])
    opened.line.write('#\n')
    send(opened, 'a')
    opened.line.write('# long\n')
    await settle()
    expect(opened.reading).toMatchObject({ text: '#\n"a"\n# l', outcome: 'error' })
  })

  it('delivers what was sent before a reset to a reader who comes late', async () => {
    const line = openBodyLine({
      effects: [effectOf({ kind: 'cut-bytes', afterBytes: 4, how: 'reset' }, PLACE)],
      chunkBytes: 1,
      signal: new AbortController().signal,
      encode: (message) => String(message.value),
      onRoom: () => {},
      onEnd: () => {},
    })
    line.send({ event: null, value: 'abcdefgh' })
    await settle()
    const reading = readBody(new Response(line.body))
    await settle()
    expect(reading).toMatchObject({ text: 'abcd', outcome: 'error' })
  })
})

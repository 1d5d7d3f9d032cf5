import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import { continued } from './continued.ts'
import type { Reach, Source } from './source.ts'

const batch: readonly Frame[] = [{ type: 'message', event: 'message', id: '8', data: 'x' }]
const refusal = (status: number | null): StreamError =>
  new StreamError('http', `Refused with ${status}.`, { status, retryAfterMs: 4000 })

/** A line that yields `batches` and then throws, and that tells what it was asked for and what it still holds. */
function scripted(batches: readonly (readonly Frame[])[], thrown: Error | null) {
  const asked: Reach[] = []
  let openCount = 0
  const source: Source = async function* (reach) {
    asked.push(reach)
    openCount++
    try {
      yield* batches
      if (thrown !== null) throw thrown
    } finally {
      openCount--
    }
  }
  return { source, asked, openCount: () => openCount }
}

/** Listens to the end; what came, and what it ended with. */
async function listen(source: Source, cursor: string | null) {
  const owner = new AbortController()
  const heard: (readonly Frame[])[] = []
  let thrown: unknown = null
  try {
    for await (const frames of source({ cursor, signal: owner.signal })) heard.push(frames)
  } catch (error) {
    thrown = error
  }
  return { heard, thrown, listenerCount: getEventListeners(owner.signal, 'abort').length }
}

describe('continued', () => {
  it.each([409, 410, 412])('takes %i for a hole, where it refuses a cursor', async (status) => {
    const error = refusal(status)
    const line = scripted([], error)
    const { thrown, heard, listenerCount } = await listen(continued(line.source), '7')
    expect(thrown).toBeInstanceOf(StreamError)
    expect(thrown).toMatchObject({ code: 'gap', retryable: true, status, retryAfterMs: 4000, cause: error })
    expect([heard, line.openCount(), listenerCount]).toEqual([[], 0, 0])
  })

  const others: readonly (readonly [string, number | null, string | null, readonly (readonly Frame[])[]])[] =
    [
      ...[409, 410, 412].flatMap((status) => [
        [`${status} without a cursor`, status, null, []] as const,
        [`${status} after the line has opened`, status, '7', [[]]] as const,
        [`${status} after something came`, status, '7', [batch]] as const,
      ]),
      ...[400, 401, 403, 404, 408, 411, 413, 416, 429, 500, 503].map(
        (status) => [`${status} with a cursor`, status, '7', []] as const,
      ),
      ['a fault without an answer', null, '7', []],
    ]
  it.each(others)('leaves as it is: %s', async (_, status, cursor, batches) => {
    const error = refusal(status)
    const line = scripted(batches, error)
    const { thrown, heard, listenerCount } = await listen(continued(line.source), cursor)
    expect(thrown).toBe(error)
    expect([heard, line.openCount(), listenerCount]).toEqual([batches, 0, 0])
  })

  it('makes an error of this library of whatever is thrown', async () => {
    const { thrown } = await listen(continued(scripted([], new TypeError('cut')).source), '7')
    expect(thrown).toMatchObject({ code: 'network', retryable: true })
  })

  it('hands on what it is asked for, and each batch as it came', async () => {
    const line = scripted([[], batch, batch], null)
    const reach: Omit<Reach, 'signal'> = { cursor: '7', canResume: true, onTransport: () => {} }
    const { signal } = new AbortController()
    const heard: (readonly Frame[])[] = []
    for await (const frames of continued(line.source)({ ...reach, signal })) heard.push(frames)
    expect(heard).toEqual([[], batch, batch])
    expect(heard[1]).toBe(batch)
    expect(line.asked).toMatchObject([reach])
    expect(line.openCount()).toBe(0)
  })

  it('asks nothing before it is listened to', () => {
    const line = scripted([], null)
    continued(line.source)({ cursor: '7', signal: new AbortController().signal })
    expect(line.asked).toEqual([])
  })

  /** A line that opens where it is told to, and is silent until its signal ends it, as every source does. */
  const silent = (batches: readonly (readonly Frame[])[]) => {
    let openCount = 0
    const source: Source = async function* ({ signal }) {
      openCount++
      try {
        yield* batches
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve()
          signal.addEventListener('abort', () => resolve(), { once: true })
        })
      } finally {
        openCount--
      }
    }
    return { source, openCount: () => openCount }
  }

  it.each([
    ['abort', 'before it opens', []],
    ['abort', 'once it is open', [batch]],
    ['return', 'before it opens', []],
    ['return', 'once it is open', [batch]],
  ] as const)('%s %s ends it without a word and leaves nothing open', async (way, _, batches) => {
    const line = silent(batches)
    const owner = new AbortController()
    const batchesOf = continued(line.source)({ cursor: '7', signal: owner.signal })[Symbol.asyncIterator]()
    for (const expected of batches) expect(await batchesOf.next()).toEqual({ done: false, value: expected })
    const pending = batchesOf.next()
    expect(line.openCount()).toBe(1)
    const left = way === 'abort' ? owner.abort() : batchesOf.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    await left
    expect([line.openCount(), getEventListeners(owner.signal, 'abort').length]).toEqual([0, 0])
  })
})

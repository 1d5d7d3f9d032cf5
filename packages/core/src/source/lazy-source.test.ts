import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire/frame.ts'
import { lazySource } from './lazy-source.ts'
import type { Source } from './source.ts'

const beat: Frame = { type: 'beat' }
const source: Source = async function* listen() {
  yield []
  yield [beat]
}

const retry: Frame = { type: 'retry', delayMs: 1 }
const fallback: Source = async function* listen() {
  yield []
  yield [retry]
}
const never: Source = () => {
  throw new Error('The fallback is not to be listened to.')
}

async function read(from: Source, signal: AbortSignal = new AbortController().signal): Promise<unknown[]> {
  const batches: unknown[] = []
  for await (const batch of from({ cursor: null, signal })) batches.push(batch)
  return batches
}

describe('lazySource', () => {
  it('loads once, when it is first listened to, and listens like what was loaded', async () => {
    let loads = 0
    const lazy = lazySource(async () => {
      loads++
      return source
    }, never)
    expect(loads).toBe(0)
    expect(await read(lazy)).toEqual([[], [beat]])
    expect(await read(lazy)).toEqual([[], [beat]])
    expect(loads).toBe(1)
  })

  it('listens by the fallback in an attempt for which nothing can be loaded, and loads again at the next', async () => {
    let loads = 0
    const lazy = lazySource(async () => {
      if (++loads === 1) throw new TypeError('Failed to fetch dynamically imported module')
      return source
    }, fallback)
    expect(await read(lazy)).toEqual([[], [retry]])
    expect(await read(lazy)).toEqual([[], [beat]])
    expect(loads).toBe(2)
  })

  it('ends without a word when it is left while it loads', async () => {
    const attempt = new AbortController()
    const reading = read(
      lazySource(() => new Promise<Source>(() => {}), never),
      attempt.signal,
    )
    attempt.abort()
    expect(await reading).toEqual([])
  })
})

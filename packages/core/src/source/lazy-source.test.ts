import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire/frame.ts'
import { lazySource } from './lazy-source.ts'
import type { Source } from './source.ts'

const beat: Frame = { type: 'beat' }
const source: Source = async function* listen() {
  yield []
  yield [beat]
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
    })
    expect(loads).toBe(0)
    expect(await read(lazy)).toEqual([[], [beat]])
    expect(await read(lazy)).toEqual([[], [beat]])
    expect(loads).toBe(1)
  })

  it('makes a fault of what cannot be loaded, and loads it again at the next attempt', async () => {
    let loads = 0
    const lazy = lazySource(async () => {
      if (++loads === 1) throw new TypeError('Failed to fetch dynamically imported module')
      return source
    })
    await expect(read(lazy)).rejects.toMatchObject({ code: 'network', retryable: true })
    expect(await read(lazy)).toHaveLength(2)
  })

  it('ends without a word when it is left while it loads', async () => {
    const attempt = new AbortController()
    const reading = read(
      lazySource(() => new Promise<Source>(() => {})),
      attempt.signal,
    )
    attempt.abort()
    expect(await reading).toEqual([])
  })
})

import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { word } from '../../test/hand-source.ts'
import { openLine } from './open-line.ts'
import type { Reach, Source } from './source.ts'

const { signal } = new AbortController()

/** A source that can be left only by its signal, as a bare generator that awaits something. */
function createSource() {
  const reaches: Reach[] = []
  const counts = { open: 0 }
  const source: Source = async function* (reach) {
    reaches.push(reach)
    counts.open++
    try {
      yield [word('a')]
      await new Promise((resolve) => reach.signal.addEventListener('abort', resolve, { once: true }))
    } finally {
      counts.open--
    }
  }
  return { source, reaches, counts }
}

it('begins with the first read, from where it is told', async () => {
  const { source, reaches } = createSource()
  const line = openLine(source, { cursor: '7', canResume: true, signal })
  expect(reaches).toEqual([])
  expect(await line.next()).toEqual({ done: false, value: [word('a')] })
  expect(reaches).toMatchObject([{ cursor: '7', canResume: true }])
  await line.close()
})

it.each(['closed', 'over with its attempt'])(
  'holds nothing once it is %s, also while a read is pending',
  async (how) => {
    const owner = new AbortController()
    const { source, counts } = createSource()
    const line = openLine(source, { cursor: null, signal: owner.signal })
    await line.next()
    const pending = line.next()
    if (how === 'closed') await line.close()
    else owner.abort()
    expect(await pending).toMatchObject({ done: true })
    expect([counts.open, line.signal.aborted]).toEqual([0, true])
    await line.close()
    expect(getEventListeners(owner.signal, 'abort')).toEqual([])
  },
)

it('is over from the beginning when its attempt is', () => {
  expect(openLine(createSource().source, { cursor: null, signal: AbortSignal.abort() }).signal.aborted).toBe(
    true,
  )
})

it('keeps a failure of the closing to itself', async () => {
  const source: Source = () => ({
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false, value: [] }),
      return: () => Promise.reject(new Error('broken')),
    }),
  })
  const line = openLine(source, { cursor: null, signal })
  await line.next()
  await expect(line.close()).resolves.toBeUndefined()
})

import { describe, expect, it } from 'vitest'
import { createQueuedLocks } from '../../test/tool-world.ts'
import type { TabLocks } from '../source/tab-lock.ts'
import { createToolLocks } from './tool-locks.ts'

const refusing: TabLocks = { request: () => Promise.reject(new DOMException('No.', 'SecurityError')) }
const never = new AbortController().signal
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('createToolLocks', () => {
  it('lets one work at a time, in order', async () => {
    const locks = createToolLocks(createQueuedLocks())
    const told: string[] = []
    let release = (): void => {}
    const first = locks.hold('a', never, (isExclusive) => {
      told.push(`first ${isExclusive}`)
      return new Promise((resolve) => (release = resolve))
    })
    const second = locks.hold('a', never, async () => void told.push('second'))
    await turn()
    expect(told).toEqual(['first true'])
    release()
    await Promise.all([first, second])
    expect(told).toEqual(['first true', 'second'])
  })

  it('leaves the queue by its signal, and never works then', async () => {
    const locks = createToolLocks(createQueuedLocks())
    const leaving = new AbortController()
    const work = (): Promise<void> => expect.unreachable('it has left')
    const waiting = locks.hold('a', leaving.signal, work)
    leaving.abort()
    await waiting
    await locks.hold('a', leaving.signal, work)
  })

  it.each([
    ['are none', null],
    ['are refused', refusing],
  ])('works at once where there %s, and says that others may', async (_, tabLocks) => {
    const told: boolean[] = []
    await createToolLocks(tabLocks).hold('a', never, async (isExclusive) => void told.push(isExclusive))
    expect(told).toEqual([false])
  })

  it('settles with its work when the lock is stolen, and does it once', async () => {
    let release = (): void => {}
    let count = 0
    const stolen: TabLocks = {
      request: (_name, _options, granted) => {
        void granted({})
        return Promise.reject(new DOMException('Stolen.', 'AbortError'))
      },
    }
    let isSettled = false
    const held = createToolLocks(stolen)
      .hold('a', never, () => {
        count++
        return new Promise((resolve) => (release = resolve))
      })
      .then(() => (isSettled = true))
    await turn()
    expect(isSettled).toBe(false)
    release()
    await held
    expect(count).toBe(1)
  })

  it('rejects with what its work rejects with', async () => {
    const locks = createToolLocks(createQueuedLocks())
    await expect(locks.hold('a', never, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine')
  })
})

import { describe, expect, it } from 'vitest'
import { type LockManner, requestLock, type TabLocks } from './tab-lock.ts'

type Granted = Parameters<TabLocks['request']>[2]

/** Locks of which one request is answered by hand. */
function createLocks() {
  const asked: { options: Parameters<TabLocks['request']>[1]; granted: Granted; reject: () => void }[] = []
  const locks: TabLocks = {
    request: (_, options, granted) =>
      new Promise((_, reject) => {
        asked.push({ options, granted, reject: () => reject(new DOMException('No.', 'AbortError')) })
      }),
  }
  return { locks, asked }
}

function ask(manner: LockManner) {
  const { locks, asked } = createLocks()
  const told: string[] = []
  const leave = requestLock(locks, 'a', manner, {
    granted: () => void told.push('granted'),
    denied: () => void told.push('denied'),
    taken: () => void told.push('taken'),
  })
  const [request] = asked
  if (request === undefined) throw new Error('not asked')
  return { ...request, told, leave }
}

const settled = (work: Promise<void>): Promise<boolean> =>
  Promise.race([work.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))])
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('requestLock', () => {
  it.each([
    ['wait', ['signal']],
    ['take', ['steal']],
    ['if-free', ['ifAvailable']],
  ] as const)('asks to %s with that one option, since browsers refuse two', (manner, keys) => {
    expect(Object.keys(ask(manner).options)).toEqual(keys)
  })

  it('holds the lock until it is left', async () => {
    const { granted, told, leave } = ask('wait')
    const held = granted({})
    expect(told).toEqual(['granted'])
    expect(await settled(held)).toBe(false)
    leave()
    leave()
    expect(await settled(held)).toBe(true)
  })

  it('leaves the queue, and gives a lock back that comes all the same', async () => {
    const { options, granted, reject, told, leave } = ask('wait')
    leave()
    expect(options.signal?.aborted).toBe(true)
    expect(await settled(granted({}))).toBe(true)
    reject()
    await turn()
    expect(told).toEqual([])
  })

  it('is denied what is not free and what this page may not have, and told when it is taken', async () => {
    const busy = ask('if-free')
    expect(await settled(busy.granted(null))).toBe(true)
    const refused = ask('wait')
    refused.reject()
    const stolen = ask('take')
    void stolen.granted({})
    stolen.reject()
    await turn()
    expect([busy.told, refused.told, stolen.told]).toEqual([['denied'], ['denied'], ['granted', 'taken']])
  })
})

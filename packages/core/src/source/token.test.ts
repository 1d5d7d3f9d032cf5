import { describe, expect, it } from 'vitest'
import { createTokenSource } from './token.ts'

describe('createTokenSource', () => {
  it('asks the application for every request', async () => {
    let asked = 0
    const tokens = createTokenSource(({ forceRefresh }) => `${++asked} ${forceRefresh}`)
    expect((await tokens.current()).value).toBe('1 false')
    expect((await tokens.current()).value).toBe('2 false')
  })

  it('refreshes once for all who wait', async () => {
    let resolve: (token: string) => void = () => {}
    const promise = new Promise<string>((settle) => {
      resolve = settle
    })
    let refreshes = 0
    const tokens = createTokenSource(({ forceRefresh }) => (forceRefresh ? (refreshes++, promise) : 'old'))
    const refused = await Promise.all(Array.from({ length: 10 }, () => tokens.current()))
    const renewed = Promise.all(refused.map((token) => tokens.renewed(token)))
    resolve('new')
    expect((await renewed).map(({ value }) => value)).toEqual(Array.from({ length: 10 }, () => 'new'))
    expect(refreshes).toBe(1)
  })

  it('gives the last refresh to a request that left before it and is refused after it', async () => {
    let refreshes = 0
    const tokens = createTokenSource(({ forceRefresh }) => (forceRefresh ? `new ${++refreshes}` : 'old'))
    const [early, late] = [await tokens.current(), await tokens.current()]
    expect((await tokens.renewed(early)).value).toBe('new 1')
    expect((await tokens.renewed(late)).value).toBe('new 1')
    expect((await tokens.renewed(await tokens.current())).value).toBe('new 2')
  })

  it('fails for all who wait, and tries anew for the next', async () => {
    let refreshes = 0
    const tokens = createTokenSource(({ forceRefresh }) => {
      if (!forceRefresh) return 'old'
      if (++refreshes === 1) throw new Error('offline')
      return 'new'
    })
    const refused = await tokens.current()
    const settled = await Promise.allSettled([tokens.renewed(refused), tokens.renewed(refused)])
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(refreshes).toBe(1)
    expect((await tokens.renewed(refused)).value).toBe('new')
  })
})

import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import type { Frame } from '../wire/frame.ts'
import { type Attempt, createAttempt } from './attempt.ts'

const done = { done: true, value: undefined }
const never = <T>(): Promise<T> => new Promise(() => {})

function begin(listen: (attempt: Attempt) => AsyncIterable<readonly Frame[]>) {
  const owner = new AbortController()
  const iterator = createAttempt(owner.signal, listen)[Symbol.asyncIterator]()
  const listenerCount = (): number => getEventListeners(owner.signal, 'abort').length
  return { owner, iterator, listenerCount }
}

describe('createAttempt', () => {
  it('begins with the first next()', async () => {
    let begun = 0
    const { iterator, listenerCount } = begin(async function* () {
      begun++
      yield []
    })
    expect([begun, listenerCount()]).toEqual([0, 0])
    await iterator.next()
    expect([begun, listenerCount()]).toEqual([1, 1])
    await iterator.return?.()
    expect(listenerCount()).toBe(0)
  })

  it('never begins when its owner left before', async () => {
    const { owner, iterator } = begin(async function* () {
      yield await Promise.reject<readonly Frame[]>(new Error('begun'))
    })
    owner.abort()
    expect(await iterator.next()).toEqual(done)
  })

  it.each(['abort', 'return'])('aborts its own signal at once and ends without a word on %s', async (way) => {
    let inner: AbortSignal | null = null
    const { owner, iterator, listenerCount } = begin(async function* (attempt) {
      inner = attempt.signal
      yield await attempt.wait(never<readonly Frame[]>())
    })
    const pending = iterator.next()
    const left = way === 'abort' ? owner.abort() : iterator.return?.()
    expect(inner).toMatchObject({ aborted: true })
    expect(await pending).toEqual(done)
    await left
    expect(listenerCount()).toBe(0)
  })

  it('throws the fault it was failed with, once, and nothing that comes of it', async () => {
    const fault = new StreamError('idle', 'Silent.', { retryable: true })
    const { iterator, listenerCount } = begin(async function* (attempt) {
      const waiting = attempt.wait(never<readonly Frame[]>())
      attempt.fail(fault)
      attempt.fail(new StreamError('network', 'Too late.'))
      yield await waiting
    })
    await expect(iterator.next()).rejects.toBe(fault)
    expect(await iterator.next()).toEqual(done)
    expect(listenerCount()).toBe(0)
  })

  it('hands out nothing that was ready when it failed', async () => {
    const fault = new StreamError('idle', 'Silent.', { retryable: true })
    const { iterator } = begin(async function* (attempt) {
      attempt.fail(fault)
      yield await Promise.resolve([])
    })
    await expect(iterator.next()).rejects.toBe(fault)
  })

  it('makes a StreamError of whatever is thrown', async () => {
    const { iterator } = begin(async function* () {
      yield await Promise.reject<readonly Frame[]>(new TypeError('terminated'))
    })
    await expect(iterator.next()).rejects.toMatchObject({ code: 'network', retryable: true })
  })

  it('yields nothing more once it was left, though more was ready', async () => {
    const { owner, iterator } = begin(async function* () {
      yield []
      yield [{ type: 'beat' }]
    })
    await iterator.next()
    owner.abort()
    expect(await iterator.next()).toEqual(done)
  })

  it('hands what comes too late to whoever can close it, and reports no late failure', async () => {
    const discarded: string[] = []
    let settle: (value: string) => void = () => {}
    const work = new Promise<string>((resolve) => {
      settle = resolve
    })
    const { owner, iterator } = begin(async function* (attempt) {
      yield []
      await attempt.wait(work, (late) => discarded.push(late))
    })
    await iterator.next()
    const pending = iterator.next()
    owner.abort()
    await pending
    settle('late')
    await work
    expect(discarded).toEqual(['late'])
  })
})

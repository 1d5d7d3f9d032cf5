import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { untilAborted } from './until-aborted.ts'

describe('untilAborted', () => {
  it('gives what the work gives, with and without a signal', async () => {
    const { signal } = new AbortController()
    expect(await untilAborted(Promise.resolve(1), undefined)).toBe(1)
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('fails as the work fails', async () => {
    const { signal } = new AbortController()
    const thrown = new TypeError('no')
    await expect(untilAborted(Promise.reject(thrown), undefined)).rejects.toBe(thrown)
    await expect(untilAborted(Promise.reject(thrown), signal)).rejects.toBe(thrown)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('ends at the abort, with the reason as its cause, and a later failure of the work is nobody’s', async () => {
    const controller = new AbortController()
    let fail = (): void => {}
    const work = new Promise<never>((_, reject) => {
      fail = () => reject(new Error('late'))
    })
    const waiting = untilAborted(work, controller.signal)
    controller.abort('enough')
    await expect(waiting).rejects.toMatchObject({ code: 'aborted', retryable: false, cause: 'enough' })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    fail()
  })

  it('ends at once when the signal was aborted before', async () => {
    await expect(untilAborted(Promise.reject(new Error('no')), AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    })
  })
})

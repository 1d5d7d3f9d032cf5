import { afterEach, describe, expect, it, vi } from 'vitest'
import { runApart } from './run-apart.ts'

describe('runApart', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('runs at once', () => {
    const run = vi.fn<() => void>()
    runApart(run)
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('goes on after an error, and reports it as uncaught', () => {
    const later: (() => void)[] = []
    vi.stubGlobal('queueMicrotask', (report: () => void) => later.push(report))
    const boom = new Error('boom')
    runApart(() => {
      throw boom
    })
    expect(later).toHaveLength(1)
    expect(later[0]).toThrow(boom)
  })
})

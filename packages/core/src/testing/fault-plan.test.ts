import { describe, expect, it } from 'vitest'
import { createFaultPlan } from './fault-plan.ts'
import { fault } from './faults.ts'

describe('a plan of faults', () => {
  it.each([
    ['the first request by default', {}, [1]],
    ['the nth', { nth: 3 }, [3]],
    ['several in a row', { nth: 2, times: 2 }, [2, 3]],
    ['all that follow', { nth: 4, times: Infinity }, [4, 5]],
    ['none', { times: 0 }, []],
  ])('meets %s', (_name, aim, expected) => {
    const plan = createFaultPlan()
    plan.set([fault.html({ on: 'task', ...aim })])
    const met = [1, 2, 3, 4, 5].filter(() => plan.take('task').length > 0)
    expect(met).toEqual(expected)
  })

  it('counts each route by itself, and again from 1 when it is set anew', () => {
    const plan = createFaultPlan()
    const html = fault.html({ on: 'task' })
    plan.set([html, fault.html({ on: 'run', nth: 2 })])
    expect(plan.take('run')).toEqual([])
    expect(plan.take('task')).toEqual([html])
    expect(plan.take('task')).toEqual([])
    plan.set([html])
    expect(plan.take('task')).toEqual([html])
  })
})

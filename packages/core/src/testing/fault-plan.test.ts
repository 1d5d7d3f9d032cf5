import { describe, expect, it } from 'vitest'
import { createFaultPlan } from './fault-plan.ts'
import { fault, type Fault } from './faults.ts'

const planByRoute = () =>
  createFaultPlan<Fault, string>(
    ({ on }, route) => on === route,
    () => 1,
  )

describe('a plan of faults', () => {
  it.each([
    ['the first request by default', {}, [1]],
    ['the nth', { nth: 3 }, [3]],
    ['several in a row', { nth: 2, times: 2 }, [2, 3]],
    ['all that follow', { nth: 4, times: Infinity }, [4, 5]],
    ['none', { times: 0 }, []],
  ])('meets %s', (_name, aim, expected) => {
    const plan = planByRoute()
    plan.set([fault.html({ on: 'task', ...aim })])
    const met = [1, 2, 3, 4, 5].filter(() => plan.take('task').length > 0)
    expect(met).toEqual(expected)
  })

  it('meets as many in a row as is usual for a fault that does not say it', () => {
    const plan = createFaultPlan<Fault, string>(
      () => true,
      () => 2,
    )
    plan.set([fault.html({ on: 'task', nth: 2 }), fault.unreachable({ on: 'task', times: 1 })])
    const met = [1, 2, 3, 4].map(() => plan.take('').map(({ kind }) => kind))
    expect(met).toEqual([['unreachable'], ['html'], ['html'], []])
  })

  it('counts each route by itself, and again from 1 when it is set anew', () => {
    const plan = planByRoute()
    const html = fault.html({ on: 'task' })
    plan.set([html, fault.html({ on: 'run', nth: 2 })])
    expect(plan.take('run')).toEqual([])
    expect(plan.take('task')).toEqual([html])
    expect(plan.take('task')).toEqual([])
    plan.set([html])
    expect(plan.take('task')).toEqual([html])
  })
})

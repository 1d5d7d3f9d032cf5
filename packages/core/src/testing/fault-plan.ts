import type { Fault } from './fault-kinds.ts'
import type { RouteName } from './route-table.ts'

/** The faults of a simulator, and how many requests have met them. */
export interface FaultPlan {
  /** Replaces the faults and counts requests from 1 again. */
  set(faults: readonly Fault[]): void
  /** Counts a request; the faults that it meets, in the order in which they were set. */
  take(route: RouteName): readonly Fault[]
}

/** Makes an empty plan. */
export function createFaultPlan(): FaultPlan {
  let planned: readonly Fault[] = []
  let counts = new Map<RouteName, number>()
  return {
    set(faults) {
      planned = [...faults]
      counts = new Map()
    },
    take(route) {
      const count = (counts.get(route) ?? 0) + 1
      counts.set(route, count)
      return planned.filter(
        ({ on, nth = 1, times = 1 }) => on === route && count >= nth && count < nth + times,
      )
    },
  }
}

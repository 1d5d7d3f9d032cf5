/** How often a fault happens among the requests that it is aimed at. */
interface Turns {
  readonly nth?: number
  readonly times?: number
}

/** Planned faults, and how many requests have met their aims. */
export interface FaultPlan<Planned, Request> {
  /** Replaces the faults and counts requests from 1 again. */
  set(faults: readonly Planned[]): void
  /** Counts a request; the faults that it meets, in the order in which they were set. */
  take(request: Request): readonly Planned[]
}

/**
 * Makes an empty plan.
 *
 * @param isAimedAt - whether a fault counts a request
 * @param usualTimes - how many requests in a row a fault meets that does not say it
 */
export function createFaultPlan<Planned extends Turns, Request>(
  isAimedAt: (fault: Planned, request: Request) => boolean,
  usualTimes: (fault: Planned) => number,
): FaultPlan<Planned, Request> {
  let planned: { readonly fault: Planned; count: number }[] = []
  return {
    set(faults) {
      planned = faults.map((fault) => ({ fault, count: 0 }))
    },
    take(request) {
      const aimed = planned.filter(({ fault }) => isAimedAt(fault, request))
      for (const one of aimed) one.count++
      return aimed
        .filter(({ fault, count }) => {
          const { nth = 1, times = usualTimes(fault) } = fault
          return count >= nth && count < nth + times
        })
        .map(({ fault }) => fault)
    },
  }
}

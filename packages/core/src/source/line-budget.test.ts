import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createHandSource, listenTo, word } from '../../test/hand-source.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createLineBudget, withinBudget, type Claim, type Place } from './line-budget.ts'

const settled = async (): Promise<void> => await createManualClock().advance(0)

/** A claim that wants a place, as the test sees it. */
interface Wanting {
  readonly name: number
  readonly claim: Claim
  readonly place: Place
  rank: number
  isHeld: boolean
}

describe('createLineBudget', () => {
  it('holds its laws for all claims, ranks, releases and limits', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('want' as const), rank: fc.nat(2) }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant('give' as const), pick: fc.nat(20) }) },
      {
        weight: 3,
        arbitrary: fc.record({ type: fc.constant('rank' as const), pick: fc.nat(20), rank: fc.nat(2) }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('limit' as const), max: fc.nat(4) }) },
    )
    fc.assert(
      fc.property(fc.nat(4), fc.array(step, { maxLength: 60 }), (first, steps) => {
        const budget = createLineBudget(first)
        const wanting: Wanting[] = []
        let max = first
        let count = 0
        /** In the order in which they wait. */
        let line: Wanting[] = []
        /** As everybody was told: never too many, not even for a moment. */
        const heldCount = (): number => wanting.filter((one) => one.isHeld).length
        for (const next of steps) {
          const heldBefore = new Set(wanting.filter(({ place }) => place.isHeld))
          if (next.type === 'limit') {
            max = next.max
            budget.setMaxStreams(max)
          } else if (next.type === 'want') {
            const claim = budget.claim()
            claim.setRank(next.rank)
            const place = claim.want(() => {
              one.isHeld = place.isHeld
              if (one.isHeld) expect(heldCount()).toBeLessThanOrEqual(max)
            })
            const one = { name: count++, claim, place, rank: next.rank, isHeld: place.isHeld }
            wanting.push(one)
          } else {
            const one = wanting[next.pick % Math.max(1, wanting.length)]
            if (one === undefined) continue
            if (next.type === 'rank') {
              one.rank = next.rank
              one.claim.setRank(next.rank)
            } else {
              wanting.splice(wanting.indexOf(one), 1)
              one.place.giveBack()
              one.place.giveBack()
            }
          }

          const holders = wanting.filter(({ place }) => place.isHeld)
          const others = wanting.filter(({ place }) => !place.isHeld)
          // Everybody was told what is; never too many, none idle, and the top ranks.
          for (const one of wanting) expect(one.isHeld).toBe(one.place.isHeld)
          expect(holders).toHaveLength(Math.min(max, wanting.length))
          const lowest = Math.min(...holders.map(({ rank }) => rank))
          for (const { rank } of others) if (holders.length > 0) expect(rank).toBeLessThanOrEqual(lowest)
          // No flapping: nobody lost a place to an equal.
          const losers = others.filter((one) => heldBefore.has(one))
          const winners = holders.filter((one) => !heldBefore.has(one))
          for (const loser of losers) {
            for (const winner of winners) expect(winner.rank).toBeGreaterThan(loser.rank)
          }
          // Nobody starves: of equals, none is passed over by one who came later.
          for (const winner of winners.filter((one) => line.includes(one))) {
            const passedOver = line.slice(0, line.indexOf(winner)).filter((one) => others.includes(one))
            for (const one of passedOver) expect(one.rank).toBeLessThan(winner.rank)
          }
          line = [
            ...line.filter((one) => others.includes(one)),
            ...others.filter((one) => !line.includes(one)),
          ]
        }
      }),
    )
  })

  it('gives places to equals in the order in which they wait, those who lost one at the end', () => {
    const budget = createLineBudget(2)
    const order: string[] = []
    const claims = ['a', 'b', 'c', 'd'].map((name) => {
      const claim = budget.claim()
      const place: Place = claim.want(() => order.push(`${name}${place.isHeld ? '+' : '-'}`))
      return { claim, place }
    })
    const [a, b, c, d] = claims
    d?.claim.setRank(1)
    expect(order).toEqual(['b-', 'd+'])
    d?.claim.setRank(0)
    expect(order).toHaveLength(2)
    d?.place.giveBack()
    a?.place.giveBack()
    expect(order).toEqual(['b-', 'd+', 'c+', 'b+'])
    c?.place.giveBack()
    b?.place.giveBack()
    expect(order).toHaveLength(4)
  })

  it('tells who loses a place before it tells who gets it', () => {
    const budget = createLineBudget(1)
    const told: string[] = []
    const high = budget.claim()
    const low = budget.claim()
    low.want(() => told.push('low'))
    high.want(() => told.push('high'))
    high.setRank(1)
    expect(told).toEqual(['low', 'high'])
  })

  it('stays right when whoever is told changes everything at once', () => {
    const budget = createLineBudget(1)
    const told: string[] = []
    const first: Place = budget.claim().want(() => {
      told.push('first')
      first.giveBack()
    })
    budget.claim().want(() => told.push('second'))
    const third = budget.claim()
    const place = third.want(() => {
      told.push(`third ${place.isHeld}`)
      place.giveBack()
    })
    third.setRank(1)
    expect(told).toEqual(['first', 'third true', 'second'])
  })
})

describe('withinBudget', () => {
  function setUp(maxStreams: number, count: number) {
    const budget = createLineBudget(maxStreams)
    const tasks = Array.from({ length: count }, () => {
      const stream = createHandSource()
      const poll = createHandSource()
      const claim = budget.claim()
      const source = withinBudget(claim, stream.source, poll.source)
      return { stream, poll, claim, source, way: () => `${stream.openCount}${poll.openCount}` }
    })
    return { budget, tasks, ways: () => tasks.map(({ way }) => way()) }
  }

  it('streams where there is a place, polls where there is none, and moves up in the same attempt', async () => {
    const { tasks, ways } = setUp(1, 2)
    const [first, second] = tasks
    const listeners = tasks.map(({ source }) => listenTo(source))
    await settled()
    expect(ways()).toEqual(['10', '01'])
    first?.stream.last.send(word('a'))
    second?.poll.last.send(word('b'))
    await settled()
    first?.stream.last.end()
    await settled()
    expect(ways()).toEqual(['00', '10'])
    second?.stream.last.send(word('c'))
    await settled()
    expect(listeners.map(({ heard }) => heard)).toEqual([
      ['>stream', 'a', 'end'],
      ['>polling', 'b', '>stream', 'c'],
    ])
    listeners[1]?.abort()
    await settled()
    expect(ways()).toEqual(['00', '00'])
  })

  it('steps down to polling for a higher rank, and up again, all in one attempt', async () => {
    const { tasks, ways } = setUp(1, 2)
    const [low, high] = tasks
    const listeners = tasks.map(({ source }) => listenTo(source))
    await settled()
    low?.stream.last.send(word('a'))
    await settled()
    high?.claim.setRank(1)
    await settled()
    expect(ways()).toEqual(['01', '10'])
    low?.poll.last.send(word('b'))
    await settled()
    high?.claim.setRank(-1)
    await settled()
    expect(ways()).toEqual(['10', '01'])
    low?.stream.last.send(word('c'))
    await settled()
    expect(listeners[0]?.heard).toEqual(['>stream', 'a', '>polling', 'b', '>stream', 'c'])
    for (const listener of listeners) listener.abort()
    await settled()
    expect(ways()).toEqual(['00', '00'])
  })

  it('follows the limit of streams in both directions', async () => {
    const { budget, tasks, ways } = setUp(1, 3)
    const listeners = tasks.map(({ source }) => listenTo(source))
    await settled()
    budget.setMaxStreams(Infinity)
    await settled()
    expect(ways()).toEqual(['10', '10', '10'])
    budget.setMaxStreams(2)
    await settled()
    expect(ways()).toEqual(['10', '10', '01'])
    for (const listener of listeners) listener.abort()
  })

  it('lets only the first way of an attempt be continued after a cursor', async () => {
    const { budget, tasks } = setUp(1, 1)
    const [task] = tasks
    const listener = listenTo(
      task?.source ??
        (() => {
          throw new Error('none')
        }),
      { cursor: '7', canResume: true },
    )
    await settled()
    budget.setMaxStreams(0)
    await settled()
    budget.setMaxStreams(1)
    await settled()
    expect(task?.stream.lines.map(({ reach }) => [reach.cursor, reach.canResume])).toEqual([
      ['7', true],
      ['7', false],
    ])
    listener.abort()
  })

  const endings: Record<
    string,
    (task: ReturnType<typeof setUp>['tasks'][number], listener: ReturnType<typeof listenTo>) => unknown
  > = {
    'it ends': ({ stream, poll }) => [...stream.lines, ...poll.lines].at(-1)?.end(),
    'it is aborted': (_, listener) => listener.abort(),
    'its reader leaves': (_, listener) => listener.leave(),
  }
  const moments = { 'in its stream': 1, 'while it polls': 0 }
  it.each(
    Object.keys(endings).flatMap((ending) => Object.keys(moments).map((moment) => [ending, moment] as const)),
  )('gives its place back, or leaves the line, once, when %s %s', async (ending, moment) => {
    const { budget, tasks, ways } = setUp(1, 1)
    const [task] = tasks
    if (task === undefined) throw new Error('no task')
    const other = budget.claim().want(() => {})
    if (moment === 'in its stream') other.giveBack()
    const listener = listenTo(task.source)
    await settled()
    expect(ways()).toEqual([moment === 'in its stream' ? '10' : '01'])
    await endings[ending]?.(task, listener)
    await settled()
    expect(ways()).toEqual(['00'])
    other.giveBack()
    const places = [budget.claim().want(() => {}), budget.claim().want(() => {})]
    expect(places.map(({ isHeld }) => isHeld)).toEqual([true, false])
  })
})

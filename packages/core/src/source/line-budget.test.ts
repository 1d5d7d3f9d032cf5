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
  rankedAtMs: number
  isHeld: boolean
}

describe('createLineBudget', () => {
  it('holds its laws for all claims, ranks, releases, limits and times', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ type: fc.constant('want' as const), rank: fc.nat(2) }) },
      { weight: 3, arbitrary: fc.record({ type: fc.constant('give' as const), pick: fc.nat(20) }) },
      {
        weight: 3,
        arbitrary: fc.record({ type: fc.constant('rank' as const), pick: fc.nat(20), rank: fc.nat(2) }),
      },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('limit' as const), max: fc.nat(4) }) },
      {
        weight: 4,
        arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.constantFrom(1, 150, 299, 300) }),
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.nat(4), fc.array(step, { maxLength: 40 }), async (first, steps) => {
        const clock = createManualClock()
        const budget = createLineBudget(first, clock)
        const wanting: Wanting[] = []
        let max = first
        let count = 0
        /** In the order in which they wait. */
        let line: Wanting[] = []
        /** As everybody was told: never too many, not even for a moment. */
        const heldCount = (): number => wanting.filter((one) => one.isHeld).length
        const isSettled = (one: Wanting): boolean => clock.monotonic() - one.rankedAtMs >= 300

        function check(heldBefore: ReadonlySet<Wanting>, isLimit: boolean): void {
          const holders = wanting.filter(({ place }) => place.isHeld)
          const others = wanting.filter(({ place }) => !place.isHeld)
          // Everybody was told what is; never too many, none idle, and the top ranks among those that stand.
          for (const one of wanting) expect(one.isHeld).toBe(one.place.isHeld)
          expect(holders).toHaveLength(Math.min(max, wanting.length))
          const lowest = Math.min(...holders.filter(isSettled).map(({ rank }) => rank))
          for (const { rank } of others.filter(isSettled)) expect(rank).toBeLessThanOrEqual(lowest)
          // No flapping: nobody lost a place but to a higher rank, and not while one of the two had not settled.
          const losers = others.filter((one) => heldBefore.has(one))
          const winners = holders.filter((one) => !heldBefore.has(one))
          if (!isLimit) {
            for (const loser of losers) {
              expect(isSettled(loser)).toBe(true)
              for (const winner of winners) expect(winner.rank).toBeGreaterThan(loser.rank)
            }
            if (losers.length > 0) for (const winner of winners) expect(isSettled(winner)).toBe(true)
          }
          // Nobody starves: of equals, none is passed over by one who came later.
          for (const winner of winners.filter((one) => line.includes(one))) {
            const passedOver = line.slice(0, line.indexOf(winner)).filter((one) => others.includes(one))
            const settledOnly = passedOver.filter((one) => losers.length === 0 || isSettled(one))
            for (const one of settledOnly) expect(one.rank).toBeLessThan(winner.rank)
          }
          line = [
            ...line.filter((one) => others.includes(one)),
            ...others.filter((one) => !line.includes(one)),
          ]
        }

        for (const next of steps) {
          const heldBefore = new Set(wanting.filter(({ place }) => place.isHeld))
          if (next.type === 'pass') await clock.advance(next.ms)
          else if (next.type === 'limit') {
            max = next.max
            budget.setMaxStreams(max)
          } else if (next.type === 'want') {
            const claim = budget.claim()
            claim.setRank(next.rank)
            const place = claim.want(() => {
              one.isHeld = place.isHeld
              if (one.isHeld) expect(heldCount()).toBeLessThanOrEqual(max)
            })
            const rankedAtMs = clock.monotonic()
            const one = { name: count++, claim, place, rank: next.rank, rankedAtMs, isHeld: place.isHeld }
            wanting.push(one)
          } else {
            const one = wanting[next.pick % Math.max(1, wanting.length)]
            if (one === undefined) continue
            if (next.type === 'rank') {
              if (one.rank !== next.rank) one.rankedAtMs = clock.monotonic()
              one.rank = next.rank
              one.claim.setRank(next.rank)
            } else {
              wanting.splice(wanting.indexOf(one), 1)
              one.place.giveBack()
              one.place.giveBack()
            }
          }
          check(heldBefore, next.type === 'limit')
        }
        const heldBefore = new Set(wanting.filter(({ place }) => place.isHeld))
        await clock.advance(300)
        check(heldBefore, false)
        expect(clock.pendingCount).toBe(0)
      }),
    )
  })

  /** A budget of places whose claims write down what becomes of them. */
  function setUp(maxStreams: number) {
    const clock = createManualClock()
    const told: string[] = []
    const budget = createLineBudget(maxStreams, clock)
    const add = (name: string) => {
      const claim = budget.claim()
      const place: Place = claim.want(() => told.push(`${name}${place.isHeld ? '+' : '-'}`))
      return { claim, place }
    }
    return { clock, told, budget, add }
  }

  it('gives places to equals in the order in which they wait, those who lost one at the end', async () => {
    const { clock, told, add } = setUp(2)
    const [a, b, c, d] = [add('a'), add('b'), add('c'), add('d')]
    d.claim.setRank(1)
    await clock.advance(300)
    expect(told).toEqual(['b-', 'd+'])
    d.claim.setRank(0)
    await clock.advance(300)
    expect(told).toHaveLength(2)
    d.place.giveBack()
    a.place.giveBack()
    expect(told).toEqual(['b-', 'd+', 'c+', 'b+'])
    c.place.giveBack()
    b.place.giveBack()
    expect(told).toHaveLength(4)
  })

  it('moves no place for a rank that stands shorter than 300 ms, and gives free ones at once', async () => {
    const { clock, told, add } = setUp(1)
    const [low, high] = [add('low'), add('high')]
    await clock.advance(1000)
    for (let i = 0; i < 20; i++) {
      high.claim.setRank(1)
      await clock.advance(299)
      high.claim.setRank(0)
      await clock.advance(1)
    }
    expect([told, clock.pendingCount]).toEqual([[], 0])
    high.claim.setRank(1)
    await clock.advance(299)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual(['low-', 'high+'])
    high.place.giveBack()
    expect(told).toEqual(['low-', 'high+', 'low+'])
    low.place.giveBack()
    expect(clock.pendingCount).toBe(0)
  })

  it('lets whoever has just begun to be looked down on keep its place for 300 ms as well', async () => {
    const { clock, told, add } = setUp(1)
    const [holder, waiting] = [add('holder'), add('waiting')]
    for (const { claim } of [holder, waiting]) claim.setRank(1)
    await clock.advance(1000)
    holder.claim.setRank(0)
    await clock.advance(299)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual(['holder-', 'waiting+'])
  })

  it('is not held up by the ranks of others that never stand still', async () => {
    const { clock, told, add } = setUp(1)
    add('low')
    const [high, restless] = [add('high'), add('restless')]
    high.claim.setRank(1)
    for (let i = 0; i < 6; i++) {
      restless.claim.setRank(i % 2 === 0 ? 2 : 0)
      await clock.advance(50)
    }
    expect(told).toEqual(['low-', 'high+'])
  })

  it('stays right when whoever is told changes everything at once', async () => {
    const clock = createManualClock()
    const budget = createLineBudget(1, clock)
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
    await clock.advance(300)
    expect(told).toEqual(['first', 'third true', 'second'])
  })
})

describe('withinBudget', () => {
  function setUp(maxStreams: number, count: number) {
    const clock = createManualClock()
    const budget = createLineBudget(maxStreams, clock)
    const tasks = Array.from({ length: count }, () => {
      const stream = createHandSource()
      const poll = createHandSource()
      const claim = budget.claim()
      const source = withinBudget(claim, stream.source, poll.source)
      return { stream, poll, claim, source, way: () => `${stream.openCount}${poll.openCount}` }
    })
    return { clock, budget, tasks, ways: () => tasks.map(({ way }) => way()) }
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
    const { clock, tasks, ways } = setUp(1, 2)
    const [low, high] = tasks
    const listeners = tasks.map(({ source }) => listenTo(source))
    await settled()
    low?.stream.last.send(word('a'))
    await settled()
    high?.claim.setRank(1)
    await clock.advance(300)
    expect(ways()).toEqual(['01', '10'])
    low?.poll.last.send(word('b'))
    await settled()
    high?.claim.setRank(-1)
    await clock.advance(300)
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

  it('begins each way from where the reader has come by then', async () => {
    const { budget, tasks } = setUp(1, 1)
    const [task] = tasks
    if (task === undefined) throw new Error('no task')
    const start = { cursor: '7', canResume: true }
    const listener = listenTo(task.source, start)
    await settled()
    const places = [{ ...task.stream.last.reach }]
    budget.setMaxStreams(0)
    Object.assign(start, { cursor: '8' })
    await settled()
    places.push({ ...task.poll.last.reach })
    Object.assign(start, { cursor: '9', canResume: false })
    budget.setMaxStreams(1)
    await settled()
    places.push({ ...task.stream.last.reach })
    expect(places.map(({ cursor, canResume }) => [cursor, canResume])).toEqual([
      ['7', true],
      ['8', true],
      ['9', false],
    ])
    listener.abort()
  })

  it('tells the idle limit of each way', async () => {
    const { tasks } = setUp(1, 1)
    const [task] = tasks
    if (task === undefined) throw new Error('no task')
    const listener = listenTo(task.source)
    await settled()
    task.stream.last.reach.onIdleLimit?.(30_000)
    expect(listener.idleLimitsMs).toEqual([30_000])
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

import { describe, expect, it } from 'vitest'
import { createHandSource, listenTo, resource } from '../../test/hand-source.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { continued } from './continued.ts'
import { createLadder } from './ladder.ts'
import { lazySource } from './lazy-source.ts'
import { createLineBudget, withinBudget } from './line-budget.ts'
import { narrowReach } from './narrow-reach.ts'
import { sharedLine } from './shared-line.ts'
import type { Reach, Source } from './source.ts'
import { tellingTransport } from './telling-transport.ts'
import { withLadder } from './with-ladder.ts'
import { withSnapshot } from './with-snapshot.ts'

it('stands at every moment where the reach stands that it is made of', () => {
  const place = { cursor: '7' as string | null, canResume: true }
  const outer: Reach = {
    get cursor() {
      return place.cursor
    },
    get canResume() {
      return place.canResume
    },
    signal: new AbortController().signal,
  }
  const inner = narrowReach(narrowReach(outer, outer), outer)
  expect([inner.cursor, inner.canResume]).toEqual(['7', true])
  Object.assign(place, { cursor: null, canResume: false })
  expect([inner.cursor, inner.canResume]).toEqual([null, false])
})

it('cannot be continued where nobody says that it can', () => {
  const { signal } = new AbortController()
  expect(narrowReach({ cursor: '7', signal }, { signal })).toEqual({ cursor: '7', canResume: false, signal })
})

it('ends by its own signal, and tells whom it is given to tell, else whom the reach tells', () => {
  const told: string[] = []
  const outer: Reach = {
    cursor: null,
    signal: new AbortController().signal,
    onTransport: (transport) => void told.push(`outer ${transport}`),
    onIdleLimit: (limitMs) => void told.push(`outer ${limitMs}`),
  }
  const { signal } = new AbortController()
  const passed = narrowReach(outer, { signal })
  expect(passed.signal).toBe(signal)
  passed.onTransport?.('stream')
  passed.onIdleLimit?.(1)
  const own = narrowReach(outer, {
    signal,
    onTransport: (transport) => void told.push(`own ${transport}`),
    onIdleLimit: (limitMs) => void told.push(`own ${limitMs}`),
  })
  own.onTransport?.('polling')
  own.onIdleLimit?.(2)
  expect(told).toEqual(['outer stream', 'outer 1', 'own polling', 'own 2'])
})

describe('what is composed of sources', () => {
  const clock = createManualClock()
  const ask = () => Promise.resolve(resource('v1'))
  const nobody = createHandSource().source
  const alone = {
    clock,
    locks: { request: () => Promise.reject(new Error('No locks here.')) },
    openChannel: (): never => {
      throw new Error('No channels here.')
    },
    onFrozen: () => () => {},
  }
  const composed: Record<string, (line: Source) => Source> = {
    continued,
    lazySource: (line) => lazySource(() => Promise.resolve(line), nobody),
    'lazySource without its code': (line) => lazySource(() => Promise.reject(new Error('gone')), line),
    sharedLine: (line) => sharedLine('a', line, ask, alone),
    tellingTransport: (line) => tellingTransport(line, 'stream'),
    withinBudget: (line) => withinBudget(createLineBudget(1, clock).claim(), line, nobody),
    'withinBudget without a place': (line) => withinBudget(createLineBudget(0, clock).claim(), nobody, line),
    withLadder: (line) => withLadder(createLadder({ clock }), line, nobody),
    withSnapshot: (line) => withSnapshot(line, ask, { clock }),
  }

  it.each(Object.entries(composed))(
    'listens from where the reader is, and hands on what it is told: %s',
    async (_, compose) => {
      const hand = createHandSource()
      const start = { cursor: '7' as string | null, canResume: true }
      const listener = listenTo(compose(hand.source), start)
      await clock.advance(0)
      const { reach } = hand.last
      expect([reach.cursor, reach.canResume]).toEqual(['7', true])
      Object.assign(start, { cursor: null, canResume: false })
      expect([reach.cursor, reach.canResume]).toEqual([null, false])
      reach.onIdleLimit?.(30_000)
      expect(listener.idleLimitsMs).toEqual([30_000])
      listener.abort()
      await clock.advance(0)
      expect(hand.openCount).toBe(0)
    },
  )
})

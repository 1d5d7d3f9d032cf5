import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWorldAround, type WorldAround } from '../../test/world-around.ts'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import { createPresence, proofMs, type Presence } from './presence.ts'
import type { SurroundingsSignal } from './surroundings.ts'

interface Scene {
  readonly clock: ManualClock
  readonly world: WorldAround
  readonly presence: Presence
  /** What was told, in order; with `held`, whether it is held back now. */
  readonly told: string[]
}

function stage(isKeptHidden: boolean): Scene {
  const clock = createManualClock(0)
  const world = createWorldAround()
  const told: string[] = []
  const presence = createPresence(clock, world, isKeptHidden, {
    onHeld: () => told.push(presence.isHeldBack ? 'held back' : 'may be held'),
    onNetwork: (isOnline) => told.push(isOnline ? 'online' : 'offline'),
    onAwake: () => told.push('awake'),
  })
  presence.join()
  return { clock, world, presence, told }
}

describe('what is held back', () => {
  const seen: readonly (readonly SurroundingsSignal[])[] = [
    [],
    ['hidden'],
    ['hidden', 'visible'],
    ['frozen'],
    ['frozen', 'woken'],
    ['frozen', 'visible'],
    ['hidden', 'frozen'],
    ['hidden', 'frozen', 'woken'],
    ['hidden', 'frozen', 'woken', 'visible'],
    ['frozen', 'online'],
    ['offline'],
  ]
  const heldBack: ReadonlySet<string> = new Set(['frozen', 'hidden,frozen', 'frozen,online'])
  const heldBackUnseen: ReadonlySet<string> = new Set([...heldBack, 'hidden', 'hidden,frozen,woken'])

  it.each(seen.map((signals) => ({ signals, said: signals.join(', ') || 'nothing' })))(
    'is known after: $said',
    ({ signals }) => {
      for (const isKeptHidden of [true, false]) {
        const { world, presence, told } = stage(isKeptHidden)
        for (const signal of signals) world.say(signal)
        const expected = (isKeptHidden ? heldBack : heldBackUnseen).has(signals.join(','))
        expect(presence.isHeldBack).toBe(expected)
        const last = told.findLast((word) => word === 'held back' || word === 'may be held')
        if (last !== undefined) expect(last).toBe(expected ? 'held back' : 'may be held')
      }
    },
  )

  it('is seen without a word of the world, as the page is when a line begins', () => {
    const world = createWorldAround()
    world.say('hidden')
    const listener = { onHeld() {}, onNetwork() {}, onAwake() {} }
    const clock = createManualClock(0)
    expect(createPresence(clock, world, false, listener).isHeldBack).toBe(true)
    expect(createPresence(clock, world, true, listener).isHeldBack).toBe(false)
  })
})

describe('the network', () => {
  it('is told of as it comes and goes', () => {
    const { world, told } = stage(false)
    world.say('offline')
    world.say('online')
    expect(told).toEqual(['offline', 'online'])
  })

  it.each(['hidden', 'frozen'] as const)('is not told of while the page is %s and holds nothing', (away) => {
    const { world, told } = stage(false)
    world.say(away)
    world.say('offline')
    world.say('online')
    expect(told).toEqual(['held back'])
  })

  it('is told of in a hidden page that keeps its lines', () => {
    const { world, told } = stage(true)
    world.say('hidden')
    world.say('offline')
    expect(told).toEqual(['may be held', 'offline'])
  })
})

describe('waking', () => {
  it.each(['woken', 'visible'] as const)('is told once, half a second after %s', async (signal) => {
    const { clock, world, told } = stage(true)
    world.say(signal)
    expect(told).toEqual(['may be held'])
    await clock.advance(proofMs - 1)
    expect(told).toEqual(['may be held'])
    await clock.advance(1)
    expect(told).toEqual(['may be held', 'awake'])
    await clock.advance(60_000)
    expect(told).toEqual(['may be held', 'awake'])
    expect(proofMs).toBe(500)
  })

  it('is told once of two signals, half a second after the last', async () => {
    const { clock, world, told } = stage(true)
    world.say('woken')
    await clock.advance(400)
    world.say('visible')
    await clock.advance(499)
    expect(told).not.toContain('awake')
    await clock.advance(1)
    expect(told.filter((word) => word === 'awake')).toHaveLength(1)
    expect(clock.pendingCount).toBe(0)
  })

  it('is not told of a page that stands still again before it could show that it lives', async () => {
    const { clock, world, told } = stage(true)
    world.say('woken')
    await clock.advance(proofMs - 1)
    world.say('frozen')
    expect(clock.pendingCount).toBe(0)
    await clock.advance(60_000)
    expect(told).toEqual(['may be held', 'held back'])
  })

  it('is not told of a page that nobody sees, where it holds nothing', async () => {
    const { clock, world, told } = stage(false)
    world.say('hidden')
    world.say('woken')
    expect(clock.pendingCount).toBe(0)
    await clock.advance(60_000)
    expect(told).toEqual(['held back', 'held back'])
  })

  it('is not told of a page that went out of sight again meanwhile, where it holds nothing', async () => {
    const { clock, world, told } = stage(false)
    world.say('hidden')
    world.say('visible')
    await clock.advance(proofMs - 1)
    world.say('hidden')
    await clock.advance(60_000)
    expect(told).toEqual(['held back', 'may be held', 'held back'])
  })
})

describe('whoever has left', () => {
  it('hears nothing, and leaves neither a listener nor a timer behind', async () => {
    const { clock, world, presence, told } = stage(false)
    world.say('woken')
    told.length = 0
    presence.leave()
    expect([world.listenerCount, clock.pendingCount]).toEqual([0, 0])
    for (const signal of ['offline', 'online', 'hidden', 'frozen', 'woken', 'visible'] as const)
      world.say(signal)
    await clock.advance(60_000)
    expect(told).toEqual([])
  })

  it('may leave twice, and join twice without hearing anything twice', () => {
    const { world, presence, told } = stage(false)
    presence.join()
    expect(world.listenerCount).toBe(1)
    world.say('offline')
    expect(told).toEqual(['offline'])
    presence.leave()
    presence.leave()
    expect(world.listenerCount).toBe(0)
    presence.join()
    world.say('online')
    expect(told).toEqual(['offline', 'online'])
  })

  it('subscribes once, however often it joins', () => {
    let openCount = 0
    // Unlike the world of the other tests, this one knows no two listeners for the same.
    const subscribe = (): (() => void) => {
      openCount++
      return () => void openCount--
    }
    const world = { ...createWorldAround(), subscribe }
    const listener = { onHeld() {}, onNetwork() {}, onAwake() {} }
    const presence = createPresence(createManualClock(0), world, false, listener)
    presence.join()
    presence.join()
    expect(openCount).toBe(1)
    presence.leave()
    presence.leave()
    expect(openCount).toBe(0)
  })

  it('comes back to a page that runs, since nobody told it of the waking', () => {
    const { world, presence } = stage(true)
    world.say('frozen')
    presence.leave()
    world.say('woken')
    presence.join()
    expect(presence.isHeldBack).toBe(false)
  })
})

describe('any life of a page', () => {
  const signals = fc.constantFrom<SurroundingsSignal>(
    'offline',
    'online',
    'hidden',
    'visible',
    'frozen',
    'woken',
  )
  const deeds = fc.oneof({ weight: 6, arbitrary: signals }, fc.constantFrom('join', 'join', 'leave'))
  const lives = fc.array(fc.tuple(deeds, fc.constantFrom(0, 100, 499, 500)), {
    minLength: 15,
    maxLength: 25,
  })

  it('tells of the network and of waking only while something may be held and somebody listens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), lives, async (isKeptHidden, life) => {
        const clock = createManualClock(0)
        const world = createWorldAround()
        let isJoined = true
        const isAllowed = (): void => expect([isJoined, presence.isHeldBack]).toEqual([true, false])
        const presence = createPresence(clock, world, isKeptHidden, {
          onHeld: () => expect(isJoined).toBe(true),
          onNetwork: isAllowed,
          onAwake: isAllowed,
        })
        presence.join()
        for (const [deed, pauseMs] of life) {
          if (deed === 'join' || deed === 'leave') {
            isJoined = deed === 'join'
            presence[deed]()
          } else world.say(deed)
          expect([world.listenerCount, clock.pendingCount > 1]).toEqual([isJoined ? 1 : 0, false])
          if (presence.isHeldBack || !isJoined) expect(clock.pendingCount).toBe(0)
          await clock.advance(pauseMs)
        }
      }),
      { numRuns: 100 },
    )
  })
})

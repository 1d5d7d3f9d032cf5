import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ManualClock, createManualClock } from '../testing/manual-clock.ts'
import { browserSurroundings, type SurroundingsWorld } from './browser-surroundings.ts'
import { systemClock } from './clock.ts'
import type { SurroundingsSignal } from './surroundings.ts'

/** A target that counts its listeners. */
class CountingTarget extends EventTarget {
  listenerCount = 0
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    this.listenerCount++
    super.addEventListener(...args)
  }
  override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
    this.listenerCount--
    super.removeEventListener(...args)
  }
}

class FakeDocument extends CountingTarget {
  visibilityState = 'visible'
}

class FakeWindow extends CountingTarget {
  readonly navigator = { onLine: true }
  readonly document: FakeDocument = new FakeDocument()
}

function page() {
  const clock: ManualClock = createManualClock()
  const world = new FakeWindow()
  const surroundings = browserSurroundings(clock, world)
  const heard: SurroundingsSignal[] = []
  const leave = surroundings.subscribe((signal) => heard.push(signal))
  const fire = (at: 'window' | 'document', type: string, more: object = {}): boolean =>
    (at === 'window' ? world : world.document).dispatchEvent(Object.assign(new Event(type), more))
  const held = () => [clock.pendingCount, world.listenerCount, world.document.listenerCount]
  return { clock, world, surroundings, heard, leave, fire, held }
}

describe('browserSurroundings', () => {
  it.each([
    ['window', 'online', {}, ['online']],
    ['window', 'offline', {}, ['offline']],
    ['window', 'pageshow', { persisted: true }, ['woken']],
    ['window', 'pageshow', { persisted: false }, []],
    ['window', 'pageshow', {}, []],
    ['window', 'pagehide', { persisted: true }, ['frozen']],
    ['window', 'pagehide', { persisted: false }, []],
    ['window', 'pagehide', {}, []],
    ['document', 'resume', {}, ['woken']],
    ['document', 'freeze', {}, ['frozen']],
    ['window', 'focus', {}, []],
    ['document', 'click', {}, []],
  ] as const)('hears of %s › %s %j as %j', (at, type, more, signals) => {
    const { fire, heard } = page()
    fire(at, type, more)
    expect(heard).toEqual(signals)
  })

  it.each([
    ['hidden', 'hidden', false],
    ['visible', 'visible', true],
    ['prerender', 'visible', true],
  ] as const)('hears of a page that became %s as %s', (state, signal, isVisible) => {
    const { fire, heard, world, surroundings } = page()
    world.document.visibilityState = state
    fire('document', 'visibilitychange')
    expect([heard, surroundings.isVisible]).toEqual([[signal], isVisible])
  })

  it('says whether there is a network, whoever listens', () => {
    const world = new FakeWindow()
    const surroundings = browserSurroundings(createManualClock(), world)
    expect(surroundings.isOnline).toBe(true)
    world.navigator.onLine = false
    expect(surroundings.isOnline).toBe(false)
  })

  const worlds: readonly (readonly [string, () => SurroundingsWorld])[] = [
    ['nothing', () => ({})],
    ['a navigator that does not know', () => ({ navigator: {} })],
    ['a worker', () => Object.assign(new CountingTarget(), { navigator: { onLine: true } })],
    ['a document that does not know', () => ({ document: new EventTarget() })],
  ]
  it.each(worlds)(
    'takes a runtime with %s for online and seen, and still notices a sleep',
    async (_, make) => {
      const clock = createManualClock()
      const surroundings = browserSurroundings(clock, make())
      const heard: SurroundingsSignal[] = []
      const leave = surroundings.subscribe((signal) => heard.push(signal))
      expect([surroundings.isOnline, surroundings.isVisible]).toEqual([true, true])
      await clock.sleep(60_000)
      leave()
      expect([heard, clock.pendingCount]).toEqual([['woken'], 0])
    },
  )

  it('hears of the network in a worker', () => {
    const world = Object.assign(new CountingTarget(), { navigator: { onLine: true } })
    const heard: SurroundingsSignal[] = []
    const leave = browserSurroundings(createManualClock(), world).subscribe((signal) => heard.push(signal))
    world.dispatchEvent(new Event('offline'))
    leave()
    expect([heard, world.listenerCount]).toEqual([['offline'], 0])
  })

  it('works on the global object of the runtime that it runs in', () => {
    const surroundings = browserSurroundings(systemClock)
    onTestFinished(surroundings.subscribe(() => {}))
    expect([surroundings.isOnline, surroundings.isVisible]).toEqual([true, true])
  })
})

describe('browserSurroundings › waking', () => {
  it.each([
    [0, []],
    [4_000, []],
    [6_000, []],
    [6_001, ['woken']],
    [600_000, ['woken']],
  ] as const)('says after a sleep of %i ms: %j (R13)', async (sleepMs, signals) => {
    const { clock, heard } = page()
    await clock.advance(10_000)
    await clock.sleep(sleepMs)
    await clock.advance(10_000)
    expect(heard).toEqual(signals)
  })

  it('says so once for every sleep', async () => {
    const { clock, heard } = page()
    for (let i = 0; i < 3; i++) {
      await clock.sleep(60_000)
      await clock.advance(2_500)
    }
    expect(heard).toEqual(['woken', 'woken', 'woken'])
  })

  it.each([
    ['window', 'pageshow', { persisted: true }],
    ['document', 'resume', {}],
  ] as const)('does not say again what %s › %s has said', async (at, type, more) => {
    const { clock, fire, heard } = page()
    clock.after(0, () => fire(at, type, more))
    await clock.sleep(60_000)
    await clock.advance(10_000)
    expect(heard).toEqual(['woken'])
  })

  it.each([86_400_000, -3_600_000])(
    'says nothing of a wall clock that is set by %i ms (R13)',
    async (setMs) => {
      const { clock, heard } = page()
      await clock.advance(500)
      clock.setWallClock(setMs)
      await clock.advance(10_000)
      expect(heard).toEqual([])
    },
  )

  it('measures from the subscription on', async () => {
    const clock = createManualClock()
    const surroundings = browserSurroundings(clock, new FakeWindow())
    surroundings.subscribe(() => {})()
    await clock.sleep(600_000)
    const heard: SurroundingsSignal[] = []
    surroundings.subscribe((signal) => heard.push(signal))
    await clock.advance(10_000)
    expect(heard).toEqual([])
  })
})

describe('browserSurroundings › listeners', () => {
  it('holds listeners and its timer only while somebody is subscribed (L11)', async () => {
    const { clock, heard, leave, surroundings, held, fire } = page()
    expect(held()).toEqual([1, 4, 3])
    const other: SurroundingsSignal[] = []
    const leaveOther = surroundings.subscribe((signal) => other.push(signal))
    await clock.advance(5_000)
    expect(held()).toEqual([1, 4, 3])
    leave()
    leave()
    expect(held()).toEqual([1, 4, 3])
    fire('window', 'offline')
    expect([heard, other]).toEqual([[], ['offline']])
    leaveOther()
    expect(held()).toEqual([0, 0, 0])
    leaveOther()
    const leaveAgain = surroundings.subscribe((signal) => heard.push(signal))
    fire('window', 'online')
    expect([held(), heard, other]).toEqual([[1, 4, 3], ['online'], ['offline']])
    leaveAgain()
    expect(held()).toEqual([0, 0, 0])
  })

  it('holds nothing before anybody is subscribed', () => {
    const clock = createManualClock()
    const world = new FakeWindow()
    browserSurroundings(clock, world)
    expect([clock.pendingCount, world.listenerCount, world.document.listenerCount]).toEqual([0, 0, 0])
  })

  it('tells a function that is subscribed twice twice, and once after one of them left', () => {
    const { surroundings, fire } = page()
    const heard: SurroundingsSignal[] = []
    const hear = (signal: SurroundingsSignal): number => heard.push(signal)
    const leave = surroundings.subscribe(hear)
    surroundings.subscribe(hear)
    fire('window', 'offline')
    leave()
    fire('window', 'online')
    expect(heard).toEqual(['offline', 'offline', 'online'])
  })

  it('tells everybody, also behind one that throws, whose error is reported as uncaught', async () => {
    const { clock, surroundings, fire } = page()
    const later: (() => void)[] = []
    vi.stubGlobal('queueMicrotask', (report: () => void) => later.push(report))
    onTestFinished(() => void vi.unstubAllGlobals())
    const bug = new Error('a bug of the listener')
    surroundings.subscribe(() => {
      throw bug
    })
    const heard: SurroundingsSignal[] = []
    surroundings.subscribe((signal) => heard.push(signal))
    fire('window', 'offline')
    await clock.sleep(60_000)
    expect(heard).toEqual(['offline', 'woken'])
    expect(later).toHaveLength(2)
    for (const report of later) expect(report).toThrow(bug)
  })

  it('tells neither who left on the way nor who came on the way', () => {
    const { surroundings, fire } = page()
    const heard: string[] = []
    let leaveLast = (): void => {}
    surroundings.subscribe((signal) => {
      heard.push(`first ${signal}`)
      leaveLast()
      if (signal === 'offline') surroundings.subscribe((next) => heard.push(`late ${next}`))
    })
    leaveLast = surroundings.subscribe((signal) => heard.push(`last ${signal}`))
    fire('window', 'offline')
    fire('window', 'online')
    expect(heard).toEqual(['first offline', 'first online', 'late online'])
  })

  it('may be left from within a signal, by the last', async () => {
    const clock = createManualClock()
    const world = new FakeWindow()
    const leave = browserSurroundings(clock, world).subscribe(() => leave())
    await clock.sleep(60_000)
    expect([clock.pendingCount, world.listenerCount, world.document.listenerCount]).toEqual([0, 0, 0])
  })
})

import { describe, expect, it, vi } from 'vitest'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import { createRegistry, defaultLifetimes, type EntryLifecycle, type Registry } from './registry.ts'

interface Entry {
  readonly lifecycle: EntryLifecycle
  readonly disconnect: () => void
  watch(): void
  leave(): void
}

function make(lifecycle: EntryLifecycle): Entry {
  const disconnect = vi.fn<() => void>()
  return {
    lifecycle,
    disconnect,
    watch: () => lifecycle.onWatched(),
    leave: () => lifecycle.onUnwatched(disconnect),
  }
}

function create(): { clock: ManualClock; registry: Registry<Entry>; forgotten: readonly string[] } {
  const clock = createManualClock()
  const forgotten: string[] = []
  const registry = createRegistry<Entry>(clock, defaultLifetimes, (key) => forgotten.push(key))
  return { clock, registry, forgotten }
}

const { disconnectAfterMs, forgetAfterMs } = defaultLifetimes

describe('createRegistry', () => {
  it('L11: has one entry per key, made when it is first asked for', () => {
    const { registry } = create()
    const entry = registry.get('a', make)
    expect(registry.get('a', () => expect.unreachable('there is one'))).toBe(entry)
    expect(registry.get('b', make)).not.toBe(entry)
    expect([registry.find('a'), registry.find('c'), registry.size]).toEqual([entry, null, 2])
  })

  it('forgets an entry that nobody ever watched, as a render that never commits leaves it', async () => {
    const { clock, registry } = create()
    registry.get('a', make)
    await clock.advance(forgetAfterMs - 1)
    expect(registry.size).toBe(1)
    await clock.advance(1)
    expect(registry.size).toBe(0)
  })

  it('keeps an entry for as long as it is watched', async () => {
    const { clock, registry } = create()
    const entry = registry.get('a', make)
    entry.watch()
    await clock.advance(forgetAfterMs * 3)
    expect(registry.find('a')).toBe(entry)
    expect(entry.disconnect).not.toHaveBeenCalled()
    expect(clock.pendingCount).toBe(0)
  })

  it('L11: after the last has left, the line goes soon and the memory later', async () => {
    const { clock, registry } = create()
    const entry = registry.get('a', make)
    entry.watch()
    entry.leave()
    await clock.advance(disconnectAfterMs - 1)
    expect(entry.disconnect).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(entry.disconnect).toHaveBeenCalledTimes(1)
    expect(registry.find('a')).toBe(entry)
    await clock.advance(forgetAfterMs)
    expect(registry.size).toBe(0)
    expect([vi.mocked(entry.disconnect).mock.calls.length, clock.pendingCount]).toEqual([1, 0])
  })

  it('keeps the line of whoever comes back within the grace, as StrictMode does', async () => {
    const { clock, registry } = create()
    const entry = registry.get('a', make)
    entry.watch()
    for (let turn = 0; turn < 3; turn++) {
      entry.leave()
      await clock.advance(disconnectAfterMs - 1)
      entry.watch()
    }
    await clock.advance(forgetAfterMs)
    expect(entry.disconnect).not.toHaveBeenCalled()
    expect(registry.size).toBe(1)
  })

  it('brings back a forgotten entry that somebody watches after all', async () => {
    const { clock, registry } = create()
    const entry = registry.get('a', make)
    await clock.advance(forgetAfterMs)
    expect(registry.find('a')).toBeNull()
    entry.watch()
    expect(registry.get('a', make)).toBe(entry)
    entry.leave()
    await clock.advance(forgetAfterMs)
    expect(registry.size).toBe(0)
  })

  it('never forgets a newer entry in place of an older one of its key', async () => {
    const { clock, registry } = create()
    const older = registry.get('a', make)
    await clock.advance(forgetAfterMs)
    const newer = registry.get('a', make)
    newer.watch()
    older.watch()
    older.leave()
    await clock.advance(forgetAfterMs)
    expect(registry.find('a')).toBe(newer)
  })

  describe('onForget', () => {
    it('is told of each key whose time is over, once, and after it is gone', async () => {
      const clock = createManualClock()
      const told: (readonly [key: string, found: Entry | null])[] = []
      const registry = createRegistry<Entry>(clock, defaultLifetimes, (key) =>
        told.push([key, registry.find(key)]),
      )
      registry.get('a', make)
      await clock.advance(1000)
      registry.get('b', make)
      await clock.advance(forgetAfterMs - 1000)
      expect(told).toEqual([['a', null]])
      await clock.advance(forgetAfterMs)
      expect(told).toEqual([
        ['a', null],
        ['b', null],
      ])
    })

    it('is told nothing while somebody watches, nor when the line alone goes', async () => {
      const { clock, registry, forgotten } = create()
      const entry = registry.get('a', make)
      entry.watch()
      await clock.advance(forgetAfterMs)
      entry.leave()
      registry.release('a')
      await clock.advance(forgetAfterMs - 1)
      expect(forgotten).toEqual([])
      await clock.advance(1)
      expect(forgotten).toEqual(['a'])
    })

    it('is told again of an entry that was brought back and forgotten once more', async () => {
      const { clock, registry, forgotten } = create()
      const entry = registry.get('a', make)
      await clock.advance(forgetAfterMs)
      entry.watch()
      entry.leave()
      await clock.advance(forgetAfterMs)
      expect(forgotten).toEqual(['a', 'a'])
    })

    it('is told nothing of an older entry whose key has a newer one', async () => {
      const { clock, registry, forgotten } = create()
      const older = registry.get('a', make)
      await clock.advance(forgetAfterMs)
      expect(forgotten).toEqual(['a'])
      registry.get('a', make).watch()
      older.watch()
      older.leave()
      await clock.advance(forgetAfterMs)
      expect(forgotten).toEqual(['a'])
    })

    it('is told nothing by clear, then or later', async () => {
      const { clock, registry, forgotten } = create()
      const watched = registry.get('a', make)
      watched.watch()
      const left = registry.get('b', make)
      left.watch()
      left.leave()
      registry.get('c', make)
      registry.clear()
      await clock.advance(forgetAfterMs)
      expect(forgotten).toEqual([])
    })
  })

  describe('release', () => {
    it('ends the grace at once, and once', async () => {
      const { clock, registry } = create()
      const entry = registry.get('a', make)
      entry.watch()
      entry.leave()
      registry.release('a')
      registry.release('a')
      await clock.advance(disconnectAfterMs)
      expect(entry.disconnect).toHaveBeenCalledTimes(1)
      expect(registry.find('a')).toBe(entry)
    })

    it('leaves alone what somebody watches, and what there is none of', async () => {
      const { clock, registry } = create()
      const entry = registry.get('a', make)
      entry.watch()
      entry.leave()
      entry.watch()
      registry.release('a')
      registry.release('b')
      await clock.advance(disconnectAfterMs)
      expect(entry.disconnect).not.toHaveBeenCalled()
    })
  })

  it('clear forgets everything, lets the lines of the unwatched go at once, and leaves no timer', () => {
    const { clock, registry } = create()
    const entries = ['a', 'b', 'c'].map((key) => registry.get(key, make))
    for (const entry of entries.slice(0, 2)) {
      entry.watch()
      entry.leave()
    }
    registry.clear()
    expect(entries.map((entry) => vi.mocked(entry.disconnect).mock.calls.length)).toEqual([1, 1, 0])
    expect([registry.size, clock.pendingCount]).toEqual([0, 0])
  })

  it('uses background timers alone, which keep no process alive', () => {
    const manual = createManualClock()
    const kinds: (string | undefined)[] = []
    const registry = createRegistry<Entry>(
      {
        ...manual,
        after(delayMs, run, background) {
          kinds.push(background)
          return manual.after(delayMs, run)
        },
      },
      defaultLifetimes,
    )
    const entry = registry.get('a', make)
    entry.watch()
    entry.leave()
    expect(kinds).toEqual(['background', 'background', 'background'])
  })

  it('an entry that has nothing to disconnect needs no more than to leave', async () => {
    const { clock, registry } = create()
    const { lifecycle } = registry.get('a', make)
    lifecycle.onWatched()
    lifecycle.onUnwatched()
    await clock.advance(forgetAfterMs)
    expect(registry.size).toBe(0)
  })
})

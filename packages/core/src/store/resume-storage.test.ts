import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import {
  createRunMemory,
  maxListedRuns,
  maxRememberedRuns,
  resumeTtlMs,
  tabStorage,
  type ResumeStorage,
} from './resume-storage.ts'
import { runKey } from './run-key.ts'

function mapStorage(): ResumeStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  }
}

/** A storage that has room for so many bytes of UTF-16, as browsers count them. */
function quotaStorage(quotaBytes: number): ReturnType<typeof mapStorage> & { usedBytes(): number } {
  const storage = mapStorage()
  const bytesOf = (entries: Iterable<readonly [string, string]>): number =>
    [...entries].reduce((sum, [key, value]) => sum + 2 * (key.length + value.length), 0)
  return {
    ...storage,
    usedBytes: () => bytesOf(storage.items),
    setItem(key, value) {
      if (bytesOf(new Map(storage.items).set(key, value)) > quotaBytes) boom()
      storage.setItem(key, value)
    },
  }
}

function create(storage: ResumeStorage = mapStorage(), scope = 'https://api.example') {
  const clock = createManualClock()
  return { clock, memory: createRunMemory(storage, scope, clock) }
}

const boom = (): never => {
  throw new DOMException('full or forbidden', 'QuotaExceededError')
}

describe('createRunMemory', () => {
  it('finds the task that a run became, until it is told to forget', () => {
    const { memory } = create()
    expect(memory.load('run:1')).toBeNull()
    memory.save('run:1', 't1')
    memory.save('run:2', 't2')
    expect([memory.load('run:1'), memory.load('run:2')]).toEqual(['t1', 't2'])
    memory.forget('run:1')
    expect([memory.load('run:1'), memory.load('run:2')]).toEqual([null, 't2'])
  })

  it('forgets after a day', async () => {
    const { clock, memory } = create()
    memory.save('run:1', 't1')
    await clock.advance(resumeTtlMs - 1)
    expect(memory.load('run:1')).toBe('t1')
    await clock.advance(1)
    expect(memory.load('run:1')).toBeNull()
  })

  it('keeps the runs of one server apart from those of another', () => {
    const storage = mapStorage()
    create(storage, 'https://one.example').memory.save('run:1', 't1')
    expect(create(storage, 'https://two.example').memory.load('run:1')).toBeNull()
    expect(create(storage, 'https://one.example').memory.load('run:1')).toBe('t1')
  })

  it('stores ids, keys and moments, and nothing of what was run', () => {
    const storage = mapStorage()
    const { clock, memory } = create(storage)
    const { key } = runKey({ app: 'acme/flux', input: { prompt: 'a secret' } }, 'another secret')
    memory.save(key, 't1')
    expect([...storage.items.values()].map((text): unknown => JSON.parse(text))).toEqual([
      { version: 1, keys: [key] },
      { id: 't1', savedAt: clock.now() },
    ])
    expect(JSON.stringify([...storage.items])).not.toMatch(/secret|flux/)
  })

  it('does not keep a run for longer because the clock was set back', () => {
    const { clock, memory } = create()
    memory.save('run:1', 't1')
    clock.setWallClock(-resumeTtlMs)
    expect(memory.load('run:1')).toBeNull()
  })

  it.each([
    '',
    'no json',
    'null',
    '"t1"',
    '[]',
    '{}',
    '{"id":"t1"}',
    '{"id":7,"savedAt":1767225600000}',
    '{"id":"","savedAt":1767225600000}',
    '{"id":"t1","savedAt":1e999}',
    `{"id":"${'t'.repeat(257)}","savedAt":1767225600000}`,
    '{"id":"t1","savedAt":"today"}',
    '{"id":"t1","savedAt":null}',
  ])('takes %j for nothing', (stored) => {
    const storage = { ...mapStorage(), getItem: () => stored }
    expect(create(storage).memory.load('run:1')).toBeNull()
  })

  it('remembers nothing and breaks nothing where the storage throws', () => {
    const { memory } = create({ getItem: boom, setItem: boom, removeItem: boom })
    memory.save('run:1', 't1')
    memory.forget('run:1')
    expect(memory.load('run:1')).toBeNull()
    expect(memory.list()).toEqual([])
  })
})

describe('the list of a memory', () => {
  const listName = 'taskstream:list:https://api.example'
  const idsOf = ({ memory }: Pick<ReturnType<typeof create>, 'memory'>): readonly string[] =>
    memory.list().map(({ taskId }) => taskId)

  it('has each run once, newest first, on a later page too', async () => {
    const storage = mapStorage()
    const { clock, memory } = create(storage)
    const startMs = clock.now()
    for (const name of ['1', '2', '3']) {
      memory.save(`run:${name}`, `t${name}`)
      await clock.advance(10)
    }
    memory.save('run:1', 't4')
    expect(create(storage).memory.list()).toEqual([
      { runKey: 'run:1', taskId: 't4', savedAt: startMs + 30 },
      { runKey: 'run:3', taskId: 't3', savedAt: startMs + 20 },
      { runKey: 'run:2', taskId: 't2', savedAt: startMs + 10 },
    ])
  })

  it('has the newest first of those of one moment', () => {
    const world = create()
    for (const name of ['1', '2', '3']) world.memory.save(`run:${name}`, `t${name}`)
    expect(idsOf(world)).toEqual(['t3', 't2', 't1'])
  })

  it('loses what is forgotten, and leaves nothing in the storage when it is empty', () => {
    const storage = mapStorage()
    const world = create(storage)
    world.memory.save('run:1', 't1')
    world.memory.save('run:2', 't2')
    world.memory.forget('run:1')
    expect(idsOf(world)).toEqual(['t2'])
    world.memory.forget('run:2')
    world.memory.forget('run:3')
    expect(storage.items.size).toBe(0)
  })

  it('loses what is older than a day, and clears it away', async () => {
    const storage = mapStorage()
    const world = create(storage)
    world.memory.save('run:1', 't1')
    await world.clock.advance(1)
    world.memory.save('run:2', 't2')
    await world.clock.advance(resumeTtlMs - 1)
    expect(idsOf(world)).toEqual(['t2'])
    expect([...storage.items.keys()]).toEqual([listName, 'taskstream:1:https://api.example:run:2'])
    await world.clock.advance(1)
    expect(idsOf(world)).toEqual([])
    expect(storage.items.size).toBe(0)
  })

  it('is bounded, and a run that has no place in it any more is still found and not started again', () => {
    const world = create()
    for (let index = 0; index <= maxListedRuns; index++) world.memory.save(`run:${index}`, `t${index}`)
    expect(world.memory.list()).toHaveLength(maxListedRuns)
    expect(idsOf(world)).not.toContain('t0')
    expect(idsOf(world)[0]).toBe(`t${maxListedRuns}`)
    expect(world.memory.load('run:0')).toBe('t0')
  })

  it('is apart from that of another server', () => {
    const storage = mapStorage()
    const one = create(storage, 'https://one.example')
    const two = create(storage, 'https://two.example')
    one.memory.save('run:1', 't1')
    two.memory.save('run:1', 't2')
    one.memory.forget('run:1')
    expect([idsOf(one), idsOf(two)]).toEqual([[], ['t2']])
  })

  it('clears away what another version left, with its list', () => {
    const storage = mapStorage()
    const old = 'taskstream:0:https://api.example:run:1'
    storage.setItem(old, '"t1"')
    storage.setItem(listName, JSON.stringify({ version: 0, keys: ['run:1'] }))
    storage.setItem('of the app', 'stays')
    expect(idsOf(create(storage))).toEqual([])
    expect([...storage.items.keys()]).toEqual(['of the app'])
  })

  it('believes no list that is not ours, and begins a new one', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.record({ version: fc.constant(1), keys: fc.jsonValue() }).map((value) => JSON.stringify(value)),
      fc
        .record({ version: fc.jsonValue(), keys: fc.array(fc.jsonValue()) })
        .map((value) => JSON.stringify(value)),
      fc.constant(
        JSON.stringify({ version: 1, keys: Array.from({ length: 50_000 }, (_, index) => `run:${index}`) }),
      ),
    )
    fc.assert(
      fc.property(anything, fc.dictionary(fc.string(), fc.string()), (list, others) => {
        const storage = mapStorage()
        for (const [key, value] of Object.entries(others)) {
          storage.setItem(`taskstream:1:https://api.example:${key}`, value)
        }
        storage.setItem(listName, list)
        const world = create(storage)
        expect(world.memory.list()).toEqual([])
        world.memory.save('run:1', 't1')
        expect(idsOf(world)).toEqual(['t1'])
      }),
    )
  })
})

describe('a memory that lives long', () => {
  const prefix = 'taskstream:1:https://api.example:run:'
  const listName = 'taskstream:list:https://api.example'
  const entriesIn = (storage: { readonly items: Map<string, string> }): number =>
    [...storage.items.keys()].filter((key) => key.startsWith(prefix)).length

  it('leaves nothing of a day in the storage when the day is over, also of what was not listed', async () => {
    const storage = mapStorage()
    const { clock, memory } = create(storage)
    for (let day = 0; day < 3; day++) {
      for (let index = 0; index < maxListedRuns + 50; index++) memory.save(`run:${day}-${index}`, 't1')
      expect(entriesIn(storage)).toBe(maxListedRuns + 50)
      await clock.advance(resumeTtlMs)
    }
    expect(memory.list()).toEqual([])
    expect(storage.items.size).toBe(0)
  })

  it('clears away what is too old with the next run that it remembers, and keeps what is not', async () => {
    const storage = mapStorage()
    const { clock, memory } = create(storage)
    for (let index = 0; index < 150; index++) memory.save(`run:old-${index}`, 't1')
    await clock.advance(1)
    memory.save('run:young', 't2')
    await clock.advance(resumeTtlMs - 1)
    memory.save('run:new', 't3')
    expect([...storage.items.keys()].toSorted()).toEqual([`${prefix}new`, `${prefix}young`, listName])
  })

  it('is bounded: the oldest makes place, with its entry', () => {
    const storage = mapStorage()
    const { memory } = create(storage)
    for (let index = 0; index <= maxRememberedRuns; index++) memory.save(`run:${index}`, `t${index}`)
    expect([memory.load('run:0'), memory.load('run:1')]).toEqual([null, 't1'])
    expect(entriesIn(storage)).toBe(maxRememberedRuns)
  })

  it('in a storage that is full finds the newest, as many as have room, and touches nothing of the app', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 3000, max: 20_000 }), (idChars, quotaBytes) => {
        const storage = quotaStorage(quotaBytes)
        storage.setItem('of the app', 'x'.repeat(400))
        const { memory } = create(storage)
        const ids = idChars.map((chars, index) => `${index}-`.padEnd(chars, 'i'))
        ids.forEach((id, index) => {
          memory.save(`run:${index}`, id)
          expect(memory.load(`run:${index}`)).toBe(id)
        })
        const found = ids.map((id, index) => memory.load(`run:${index}`) === id)
        // No hole: only the oldest ever made room, and each that is found is listed, so that it is cleared away some day.
        expect(found.lastIndexOf(false)).toBeLessThan(found.indexOf(true))
        expect(memory.list()).toHaveLength(found.filter(Boolean).length)
        expect(entriesIn(storage)).toBe(found.filter(Boolean).length)
        expect(storage.getItem('of the app')).toHaveLength(400)
      }),
    )
  })

  it('drops no more than it needs: runs of one size take the place of one', () => {
    const storage = quotaStorage(4000)
    const { memory } = create(storage)
    const counts = Array.from({ length: 60 }, (_, index) => {
      memory.save(`run:${100 + index}`, `t${100 + index}`)
      return entriesIn(storage)
    })
    const full = Math.max(...counts)
    expect(full).toBeLessThan(60)
    expect(new Set(counts.slice(full - 1))).toEqual(new Set([full]))
    expect(storage.usedBytes()).toBeGreaterThan(4000 - 400)
  })

  it('in a storage that the app has filled to the last byte remembers nothing and breaks nothing', () => {
    const storage = quotaStorage(1000)
    storage.setItem('app', 'x'.repeat(497))
    const { memory } = create(storage)
    memory.save('run:1', 't1')
    expect([memory.load('run:1'), memory.list()]).toEqual([null, []])
    expect([...storage.items.keys()]).toEqual(['app'])
  })

  it('shared by two tabs that write at the same time finds the runs of both by their keys', async () => {
    const storage = mapStorage()
    const other = create(storage).memory
    let isRacing = true
    /** Between this tab's reading of the list and its writing of it, the other tab writes. */
    const raced: ResumeStorage = {
      ...storage,
      setItem(key, value) {
        if (isRacing && key === listName) {
          isRacing = false
          other.save('run:theirs', 't2')
        }
        storage.setItem(key, value)
      },
    }
    const { clock, memory } = create(raced)
    memory.save('run:ours', 't1')
    expect(isRacing).toBe(false)
    for (const tab of [memory, other]) {
      expect([tab.load('run:ours'), tab.load('run:theirs')]).toEqual(['t1', 't2'])
      expect(tab.list().map(({ runKey: key }) => key)).toEqual(['run:ours'])
    }
    other.save('run:theirs', 't2')
    expect(memory.list()).toHaveLength(2)
    await clock.advance(resumeTtlMs)
    expect(memory.list()).toEqual([])
    expect(storage.items.size).toBe(0)
  })
})

describe('tabStorage', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('is the storage of the tab where there is one', () => {
    const storage = mapStorage()
    vi.stubGlobal('sessionStorage', storage)
    expect(tabStorage()).toBe(storage)
  })

  it('is nothing on a server', () => {
    vi.stubGlobal('sessionStorage', undefined)
    expect(tabStorage()).toBeNull()
  })

  it('is nothing where the browser forbids it', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage')
    Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, get: boom })
    try {
      expect(tabStorage()).toBeNull()
    } finally {
      if (before === undefined) Reflect.deleteProperty(globalThis, 'sessionStorage')
      else Object.defineProperty(globalThis, 'sessionStorage', before)
    }
  })
})

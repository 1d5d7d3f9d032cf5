import { afterEach, describe, expect, it, vi } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { createRunMemory, resumeTtlMs, tabStorage, type ResumeStorage } from './resume-storage.ts'

function mapStorage(): ResumeStorage & { readonly items: Map<string, string> } {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
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

  it('stores the id and the moment, and nothing else', () => {
    const storage = mapStorage()
    const { clock, memory } = create(storage)
    memory.save('run:1', 't1')
    expect([...storage.items.values()].map((text): unknown => JSON.parse(text))).toEqual([
      { id: 't1', savedAt: clock.now() },
    ])
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

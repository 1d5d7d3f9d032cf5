import { describe, expect, it } from 'vitest'
import { createSharedStorage } from '../../test/tool-world.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import type { ResumeStorage } from './resume-storage.ts'
import { browserStorage, createToolLedger, maxStoredTools, toolTtlMs } from './tool-ledger.ts'

const clock = createManualClock()

describe('createToolLedger', () => {
  it('L13: says once that a call is ours', () => {
    const ledger = createToolLedger(createSharedStorage(), 'a', clock)
    expect([ledger.claim('1'), ledger.claim('1'), ledger.claim('2')]).toEqual(['ours', 'interrupted', 'ours'])
  })

  it('L13: knows what another tab, or the page before a reload, has begun and answered', () => {
    const storage = createSharedStorage()
    const first = createToolLedger(storage, 'a', clock)
    const second = createToolLedger(storage, 'a', clock)
    first.claim('1')
    first.claim('2')
    expect(second.claim('1')).toBe('interrupted')
    first.markAnswered('1')
    expect(second.claim('1')).toBe('answered')
    const later = createToolLedger(storage, 'a', clock)
    expect([later.claim('1'), later.claim('2')]).toEqual(['answered', 'interrupted'])
  })

  it('keeps servers apart, under one key each', () => {
    const storage = createSharedStorage()
    createToolLedger(storage, 'a', clock).claim('1')
    expect(createToolLedger(storage, 'b', clock).claim('1')).toBe('ours')
    expect([...storage.items.keys()]).toEqual(['taskstream:tools:1:a', 'taskstream:tools:1:b'])
  })

  it('stores ids, states and times, and nothing else', () => {
    const storage = createSharedStorage()
    createToolLedger(storage, 'a', clock).claim('1')
    const [text = ''] = storage.items.values()
    expect(JSON.parse(text)).toEqual([{ id: '1', state: 'begun', at: clock.now() }])
  })

  it.each([
    ['is not there', null],
    [
      'throws at every access',
      {
        getItem: () => {
          throw new Error('no')
        },
        setItem: () => {
          throw new Error('no')
        },
        removeItem: () => {},
      },
    ],
    ['holds what is no JSON', { getItem: () => '{', setItem: () => {}, removeItem: () => {} }],
    ['holds what is no list', { getItem: () => '{"id":1}', setItem: () => {}, removeItem: () => {} }],
    [
      'holds entries of something else',
      { getItem: () => '[null,{"id":"1"},7]', setItem: () => {}, removeItem: () => {} },
    ],
    [
      'holds more than we ever wrote',
      { getItem: () => `"${'x'.repeat(300_000)}"`, setItem: () => {}, removeItem: () => {} },
    ],
    ['forgets everything', { getItem: () => null, setItem: () => {}, removeItem: () => {} }],
  ] satisfies [string, ResumeStorage | null][])(
    'L13: relies on memory where the storage %s',
    (_, storage) => {
      const ledger = createToolLedger(storage, 'a', clock)
      expect([ledger.claim('1'), ledger.claim('1')]).toEqual(['ours', 'interrupted'])
      ledger.markAnswered('1')
      expect(ledger.claim('1')).toBe('answered')
    },
  )

  it('stores the newest in a storage that is nearly full', () => {
    const storage = createSharedStorage()
    const narrow: ResumeStorage = {
      ...storage,
      setItem(key, value) {
        if (value.length > 10_000) throw new DOMException('full', 'QuotaExceededError')
        storage.setItem(key, value)
      },
    }
    const ledger = createToolLedger(narrow, 'a', clock)
    for (let i = 0; i < 400; i++) ledger.claim(`call ${i}`)
    expect(createToolLedger(narrow, 'a', clock).claim('call 399')).toBe('interrupted')
  })

  it('stores the last 500, and remembers more itself', async () => {
    const moving = createManualClock()
    const storage = createSharedStorage()
    const ledger = createToolLedger(storage, 'a', moving)
    for (let i = 0; i <= maxStoredTools; i++) {
      moving.setWallClock(1)
      ledger.claim(String(i))
    }
    const other = createToolLedger(storage, 'a', moving)
    expect([other.claim('1'), other.claim('0')]).toEqual(['interrupted', 'ours'])
    expect(ledger.claim('0')).toBe('interrupted')
  })

  it('lets go of what is a day old, or a day ahead of a clock that was set back; its own page does not', () => {
    for (const jumpMs of [toolTtlMs, -toolTtlMs]) {
      const moving = createManualClock()
      const storage = createSharedStorage()
      const ledger = createToolLedger(storage, 'a', moving)
      ledger.claim('1')
      moving.setWallClock(jumpMs - Math.sign(jumpMs))
      expect(createToolLedger(storage, 'a', moving).claim('1')).toBe('interrupted')
      moving.setWallClock(Math.sign(jumpMs))
      expect(createToolLedger(storage, 'a', moving).claim('1')).toBe('ours')
      expect(ledger.claim('1')).toBe('interrupted')
    }
  })

  it('puts its own entry back that another tab has overwritten', () => {
    const storage = createSharedStorage()
    const first = createToolLedger(storage, 'a', clock)
    first.claim('1')
    storage.items.clear()
    createToolLedger(storage, 'a', clock).claim('2')
    first.claim('3')
    const later = createToolLedger(storage, 'a', clock)
    expect(['1', '2', '3'].map((id) => later.claim(id))).toEqual([
      'interrupted',
      'interrupted',
      'interrupted',
    ])
  })

  it('never takes an answer back', () => {
    const storage = createSharedStorage()
    const [first, second] = [createToolLedger(storage, 'a', clock), createToolLedger(storage, 'a', clock)]
    first.claim('1')
    second.markAnswered('1')
    first.claim('2')
    expect(createToolLedger(storage, 'a', clock).claim('1')).toBe('answered')
  })
})

describe('browserStorage', () => {
  it('is null where there is no browser', () => {
    expect(browserStorage()).toBe(typeof localStorage === 'undefined' ? null : localStorage)
  })
})

import type { RunConfig } from '@taskstream/core'
import { runKey } from '@taskstream/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSameConfig } from './same-config.ts'

const file = new File(['a'], 'a.txt')
const blob = new Blob(['a'])

describe('isSameConfig', () => {
  it.each<[string, RunConfig | null, RunConfig | null, boolean]>([
    ['nothing and nothing', null, null, true],
    ['nothing and something', null, { app: 'a/b', input: {} }, false],
    [
      'another order of keys',
      { app: 'a/b', input: { x: 1, y: [2] } },
      { input: { y: [2], x: 1 }, app: 'a/b' },
      true,
    ],
    [
      'an omitted key and an undefined one',
      { app: 'a/b', input: { x: 1 } },
      { app: 'a/b', input: { x: 1, y: undefined } },
      true,
    ],
    ['another app', { app: 'a/b', input: {} }, { app: 'a/c', input: {} }, false],
    [
      'another value, deep down',
      { app: 'a/b', input: [{ x: [1] }] },
      { app: 'a/b', input: [{ x: [2] }] },
      false,
    ],
    [
      'a list and an object with its keys',
      { app: 'a/b', input: ['x'] },
      { app: 'a/b', input: { 0: 'x' } },
      false,
    ],
    ['one file', { app: 'a/b', input: { file } }, { app: 'a/b', input: { file } }, true],
    ['two dates of one moment', { app: 'a/b', input: new Date(1) }, { app: 'a/b', input: new Date(1) }, true],
    ['two dates', { app: 'a/b', input: new Date(1) }, { app: 'a/b', input: new Date(2) }, false],
    ['one blob', { app: 'a/b', input: blob }, { app: 'a/b', input: blob }, true],
    ['two blobs', { app: 'a/b', input: blob }, { app: 'a/b', input: new Blob(['a']) }, false],
  ])('tells %s', (_what, a, b, same) => {
    expect(isSameConfig(a, b)).toBe(same)
    expect(isSameConfig(b, a)).toBe(same)
  })

  it('agrees with the key of the run', () => {
    const config = fc.record({ app: fc.constantFrom('a/b', 'a/c'), input: fc.jsonValue({ maxDepth: 2 }) })
    fc.assert(
      fc.property(config, config, (a, b) => {
        expect(isSameConfig(a, b)).toBe(runKey(a).key === runKey(b).key)
        expect(isSameConfig(a, structuredClone(a))).toBe(true)
      }),
    )
  })
})

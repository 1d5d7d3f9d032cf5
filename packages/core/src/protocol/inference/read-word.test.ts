import { describe, expect, it } from 'vitest'
import { readWord } from './read-word.ts'

const words = ['in_progress', 'cancelled', 'ready'] as const

describe('readWord', () => {
  it.each<[unknown, ReturnType<typeof readWord>]>([
    ['ready', 'ready'],
    [' READY\n', 'ready'],
    ['in-progress', 'in_progress'],
    ['In Progress', 'in_progress'],
    ['canceled', 'cancelled'],
    ['CANCELLED', 'cancelled'],
    ['paused', 'unknown'],
    ['unknown', 'unknown'],
    ['constructor', 'unknown'],
    ['__proto__', 'unknown'],
    [7, 'unknown'],
    [true, 'unknown'],
    [{}, 'unknown'],
    [[], 'unknown'],
    [null, null],
    [undefined, null],
    ['', null],
    [' ', null],
  ])('reads %j as %j', (value, word) => {
    expect(readWord(value, words)).toBe(word)
  })
})

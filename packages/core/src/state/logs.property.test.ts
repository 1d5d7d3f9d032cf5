import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { followLog, logLives } from '../../test/log-server.ts'
import type { LogState } from './logs.ts'

const repeated = fc.array(fc.constantFrom('.', '..', 'step'), { maxLength: 40 })
const distinct = fc.nat(40).map((length) => Array.from({ length }, (_, index) => `line ${index}`))
const bounds = fc.constantFrom(5, 1_000_000)

function expectStart(logs: LogState, truth: readonly string[], maxLines: number): void {
  expect(logs.lines.toArray()).toEqual(truth.slice(0, logs.listed).slice(-maxLines))
  expect(logs.lines.length + logs.lines.droppedCount).toBe(logs.listed)
}

/** How often each line stands in a list. */
function counts(lines: Iterable<string>): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const line of lines) found.set(line, (found.get(line) ?? 0) + 1)
  return found
}

describe('addLogList, whenever the line breaks and the resource is read', () => {
  it.each([
    ['with any lines, from a server that greets with everything', true, repeated],
    ['with distinct lines, from a server that greets with everything', true, distinct],
    ['with distinct lines, from a server that does not greet', false, distinct],
  ] as const)('L6: holds each line once and in order %s', (_name, greets, lists) => {
    fc.assert(
      fc.property(lists, logLives(false), bounds, (lines, lives, maxLines) => {
        const final = followLog({ lines, greets, maxLines }, lives, (logs, written) => {
          expect(logs.listed).toBeLessThanOrEqual(written)
          expectStart(logs, lines, maxLines)
        })
        expectStart(final, lines, maxLines)
        expect(final.listed).toBe(lines.length)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['with repeated lines from a server that does not greet', false, repeated, false],
    ['with frames that could not be read', true, repeated, true],
    ['with frames that could not be read from a server that does not greet', false, repeated, true],
    ['with distinct lines in frames that could not be read', false, distinct, true],
  ] as const)(
    'holds each line as often as it was written, late ones last, %s',
    (_name, greets, lists, mayLose) => {
      fc.assert(
        fc.property(lists, logLives(mayLose), (lines, lives) => {
          const final = followLog({ lines, greets, maxLines: 1_000_000 }, lives, (logs, written) => {
            const said = counts(lines.slice(0, written))
            for (const [line, count] of counts(logs.lines))
              expect(said.get(line) ?? 0).toBeGreaterThanOrEqual(count)
          })
          expect(counts(final.lines)).toEqual(counts(lines))
        }),
        { numRuns: 300 },
      )
    },
  )
})

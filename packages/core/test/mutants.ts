/** A one-line breakage of the engine, and the law that must notice it. */
export interface Mutant {
  /** What the law says would be lost. */
  readonly breaks: string
  /** Below `src`. */
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** Test files, below the package, of which one at least must fail. */
  readonly tests: readonly string[]
}

/** Breakages that the tests must notice; `pnpm mutants` tries each of them. */
export const mutants: readonly Mutant[] = [
  {
    breaks: 'L3: the position moves before everything that the event says is folded',
    file: 'store/task-line.ts',
    find: 'index === said.length - 1 ? stamp : unnumbered',
    replace: 'stamp',
    tests: ['test/cut-anywhere.test.ts'],
  },
  {
    breaks: 'L4: an event that is known is applied again',
    file: 'state/position.ts',
    find: '  if (known !== undefined)',
    replace: '  if (known !== undefined && known.mark === -1)',
    tests: ['src/state/position.test.ts'],
  },
  {
    breaks: 'L5: a hole in a dense count is applied over',
    file: 'state/position.ts',
    find: "return isDense(at) ? 'gap' : 'apply'",
    replace: "return 'apply'",
    tests: ['src/state/position.test.ts', 'src/store/task-line.test.ts'],
  },
  {
    breaks: 'L5: what cannot be continued is asked to be continued for ever',
    file: 'store/place-watch.ts',
    find: "(cause.code === 'gap' && !isHoleAhead) || isVain",
    replace: 'isVain',
    tests: ['src/store/task-line.test.ts'],
  },
  {
    breaks: 'L5: a cursor that the server does not know ends the line',
    file: 'source/continued.ts',
    find: 'new Set([409, 410, 412])',
    replace: 'new Set([409])',
    tests: ['src/source/continued.test.ts'],
  },
  {
    breaks: 'L6: what the stream brought while the task was asked for comes before the answer',
    file: 'source/with-snapshot.ts',
    find: 'held.unshift(step.answer)',
    replace: 'held.push(step.answer)',
    tests: ['src/source/with-snapshot.test.ts'],
  },
  {
    breaks: 'L6: what the stream brought while the task was asked for is lost',
    file: 'source/with-snapshot.ts',
    find: 'else for (const frame of step.read.value) held.push(frame)',
    replace: 'else held.length += 0',
    tests: ['src/source/with-snapshot.test.ts'],
  },
  {
    breaks: 'L6: a message that could not be read is not asked for before the end is told',
    file: 'store/task-line.ts',
    find: 'next.logs))) lossy = true',
    replace: 'next.logs))) lossy = false',
    tests: ['src/store/task-line.test.ts'],
  },
  {
    breaks: 'L7: a line whose task has ended is opened again',
    file: 'state/connection.ts',
    find: "const over: Connection = { status: 'closed', error: null }",
    replace: "const over: Connection = { status: 'idle' }",
    tests: ['src/state/connection.test.ts', 'src/store/line.test.ts'],
  },
  {
    breaks: 'L8: the end of the bytes is taken for the end of the task',
    file: 'store/line.ts',
    find: 'if (!signal.aborted) throw truncated()',
    replace: 'if (!signal.aborted) return settle()',
    tests: ['src/store/task-line.test.ts'],
  },
  {
    breaks: 'L8: the last word is never told where nobody can be asked any more',
    file: 'store/task-line.ts',
    find: 'if (isGivenUp && lastWord !== null',
    replace: 'if (!isGivenUp && lastWord !== null',
    tests: ['src/store/task-line.test.ts'],
  },
  {
    breaks: 'L8: a half-open line is never found out',
    file: 'source/watchdog.ts',
    find: 'onSilence(',
    replace: 'void (',
    tests: ['src/source/watchdog.test.ts'],
  },
  {
    breaks: 'L10: a change of status waits for a frame that never comes',
    file: 'store/task-follower.ts',
    find: 'if (next.status !== before.status || next.cancelRequested !== before.cancelRequested) env.frames.flush()',
    replace: '',
    tests: ['src/store/task-follower.test.ts'],
  },
  {
    breaks: 'L11: a line that nobody wants keeps its request',
    file: 'store/line.ts',
    find: 'release = () => attempt.abort()',
    replace: 'release = () => {}',
    tests: ['src/store/line.test.ts'],
  },
  {
    breaks: 'L11: a place for a stream is never given back',
    file: 'source/line-budget.ts',
    find: '    place.giveBack()',
    replace: '    void place',
    tests: ['src/source/line-budget.test.ts'],
  },
  {
    breaks: 'L12: text is joined over a hole',
    file: 'state/partial-output.ts',
    find: 'if (!partial.whole || !expected)',
    replace: 'if (!partial.whole)',
    tests: ['src/state/partial-output.property.test.ts'],
  },
  {
    breaks: 'L13: a reload runs the task again',
    file: 'store/run-follower.ts',
    find: 'env.memory.save(taskId)',
    replace: 'void taskId',
    tests: ['src/store/followers.test.ts', 'src/store/client.test.ts'],
  },
  {
    breaks: 'R4: a server that opens and says nothing is tried for ever',
    file: 'state/connection.ts',
    find: "return { status: 'open', attempt: c.attempt, quiet: false, cutOff: false }",
    replace: "return { status: 'open', attempt: 0, quiet: false, cutOff: false }",
    tests: ['src/state/connection.test.ts', 'src/store/task-line.test.ts'],
  },
  {
    breaks: 'R4: Retry-After is not obeyed',
    file: 'state/retry-delay.ts',
    find: 'retryAfterMs ?? 0), delayMs)',
    replace: '0), delayMs)',
    tests: ['src/state/retry-delay.test.ts'],
  },
  {
    breaks: 'R4: all clients that were cut at once come back at once',
    file: 'state/retry-delay.ts',
    find: 'floor + random * Math.max(0, ceiling - floor)',
    replace: 'Math.max(floor, ceiling)',
    tests: ['src/state/retry-delay.test.ts'],
  },
  {
    breaks: 'R6: a server that beats every 30 seconds is taken for dead between two beats',
    file: 'source/cadence.ts',
    find: 'const missedCount = 3',
    replace: 'const missedCount = 1',
    tests: ['src/source/cadence.test.ts'],
  },
  {
    breaks: 'R7: news on every attempt makes a client spin',
    file: 'store/attempt-ceiling.ts',
    find: 'const ceilingCount = 10',
    replace: 'const ceilingCount = 1000',
    tests: ['src/store/attempt-ceiling.test.ts', 'src/store/line.test.ts'],
  },
  {
    breaks: 'R8: ten refused requests ask for ten tokens',
    file: 'source/token.ts',
    find: 'refreshing ??= refresh()',
    replace: 'refreshing = refresh()',
    tests: ['src/source/token.test.ts'],
  },
  {
    breaks: 'R9: a timer outlives its line',
    file: 'store/line.ts',
    find: "signal.addEventListener('abort', () => silence.stop(), { once: true })",
    replace: '',
    tests: ['src/store/line.test.ts'],
  },
  {
    breaks: 'R13: a set clock cuts a line that lives',
    file: 'source/watchdog.ts',
    find: 'Math.max(silentWhenDueMs, clock.monotonic() - watchedSinceMs)',
    replace: 'Math.max(silentWhenDueMs, clock.now() - watchedSinceMs)',
    tests: ['src/source/watchdog.test.ts'],
  },
  {
    breaks: 'R13: a network that is back is not used before the wait is over',
    file: 'state/connection.ts',
    find: 'return isBack(input) ? soon(c.attempt, c.error, input) : c',
    replace: 'return c',
    tests: ['src/state/connection.test.ts', 'src/store/line.test.ts'],
  },
  {
    breaks: 'R13: a line that was slept through is not opened anew',
    file: 'store/line.ts',
    find: 'isSilent: silentMs > Math.max(limitMs / 2, proofMs)',
    replace: 'isSilent: false',
    tests: ['src/store/line.test.ts'],
  },
  {
    breaks: 'the ladder: a stream that is cut again and again is opened for ever',
    file: 'source/ladder.ts',
    find: 'const MAX_CUT = 3',
    replace: 'const MAX_CUT = 300',
    tests: ['src/source/ladder.test.ts'],
  },
  {
    breaks: 'tabs: a follower folds over a hole in what its leader said',
    file: 'source/tab-follower.ts',
    find: 'if (number > next) {',
    replace: 'if (number > next + 1000) {',
    tests: ['src/source/tab-follower.test.ts', 'src/source/shared-line.test.ts'],
  },
]

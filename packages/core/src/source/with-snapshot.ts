import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import { type Attempt, createAttempt } from './attempt.ts'
import { narrowReach } from './narrow-reach.ts'
import type { Source } from './source.ts'

/** The clock and the bounds of {@link withSnapshot}. */
export interface SnapshotOptions {
  readonly clock: Clock
  /** Frames that are kept while the first answer is awaited; the line is then not read further. Default 10,000. */
  readonly maxHeldFrames?: number
  /**
   * Shortest life of a line whose end is asked about, in milliseconds; default 2,000. One that ended earlier is opened
   * again within a second, and that asks anyway.
   */
  readonly askAgainAfterMs?: number
}

/** Pauses before the second and the third time that the first answer is asked for, in milliseconds. */
const pausesMs = [1_000, 2_000]
/** Longest pause that a server can ask for without an end of the line, in milliseconds. */
const longestPauseMs = 10_000

/**
 * A source for a server that can tell the present but not the past (P§4.4, P§12.4): opens `line`, holds its frames, asks
 * for the resource, and yields the answer as a frame with the held ones behind it, in one batch. Asked in the other
 * order, what happens between the answer and the opening would be lost.
 *
 * When the line has ended by itself after `askAgainAfterMs` or more, it asks once more and yields that answer last:
 * whether the end was the end is for the reader of the frames to say, and the last word may have been lost with the line.
 *
 * A first `ask` that fails but may succeed later is made up to three times while the line is open, 1 s and 2 s apart, or
 * as far as the error's `retryAfterMs` asks for; where that is more than 10 s, the failure is the attempt's. One that is refused for good because there is no such
 * answer here (`not-found`, `forbidden`, `gone`, status 405 or 501) leaves the line to itself: its frames come without an
 * answer before or behind them. Every other failed `ask` fails the attempt. The line is returned exactly once, whatever
 * happens.
 *
 * @param ask - the resource as a frame of the line's dialect; it must end when its signal is aborted and must bound
 *   itself in time, because a line that is held back is not watched
 */
export function withSnapshot(
  line: Source,
  ask: (signal: AbortSignal) => Promise<Frame>,
  options: SnapshotOptions,
): Source {
  return (reach) =>
    createAttempt(reach.signal, (attempt) => follow(line(narrowReach(reach, attempt)), ask, options, attempt))
}

type Batch = readonly Frame[]

async function* follow(
  line: AsyncIterable<Batch>,
  ask: (signal: AbortSignal) => Promise<Frame>,
  { clock, maxHeldFrames = 10_000, askAgainAfterMs = 2_000 }: SnapshotOptions,
  attempt: Attempt,
): AsyncGenerator<Batch, void> {
  const batches = line[Symbol.asyncIterator]()
  const lineOver = new AbortController()
  try {
    const opened = await attempt.wait(batches.next())
    if (opened.done === true) return
    const openedAtMs = clock.monotonic()
    let livedMs = 0
    const end = (): void => {
      livedMs = clock.monotonic() - openedAtMs
      lineOver.abort()
    }
    const isLineOver = (): boolean => lineOver.signal.aborted
    yield []

    const held: Frame[] = [...opened.value]
    const asked = askPatiently(ask, clock, attempt.signal, lineOver.signal).then((answer) => ({ answer }))
    let reading: Promise<{ readonly read: IteratorResult<Batch> }> | null = null
    let isAnswerable = true
    for (;;) {
      if (!isLineOver() && held.length < maxHeldFrames) {
        reading = batches.next().then((read) => ({ read }))
      }
      const step = await attempt.wait(reading === null ? asked : Promise.race([asked, reading]))
      if ('answer' in step) {
        isAnswerable = step.answer !== null
        if (step.answer !== null) held.unshift(step.answer)
        if (held.length > 0) yield held
        break
      }
      reading = null
      if (step.read.done === true) end()
      else for (const frame of step.read.value) held.push(frame)
    }

    while (!isLineOver()) {
      const read = reading === null ? await attempt.wait(batches.next()) : (await attempt.wait(reading)).read
      reading = null
      if (read.done === true) end()
      else yield read.value
    }
    if (isAnswerable && livedMs >= askAgainAfterMs) yield [await attempt.wait(ask(attempt.signal))]
  } catch (thrown) {
    // Why here: the line must hear of the end before it is returned, or a read of its own would hold it back.
    attempt.fail(StreamError.from(thrown))
  } finally {
    lineOver.abort()
    await batches.return?.().catch(ignore)
  }
}

/** The answer, or `null` where the server has none to give. Asks again only while the line is open. */
async function askPatiently(
  ask: (signal: AbortSignal) => Promise<Frame>,
  clock: Clock,
  signal: AbortSignal,
  lineOver: AbortSignal,
): Promise<Frame | null> {
  for (let failureCount = 0; ; failureCount++) {
    try {
      return await ask(signal)
    } catch (thrown) {
      const error = StreamError.from(thrown)
      if (isUnanswerable(error)) return null
      const pauseMs = pausesMs[failureCount]
      const wantedMs = error.retryAfterMs ?? 0
      if (!error.retryable || pauseMs === undefined || wantedMs > longestPauseMs) throw error
      if (!(await passes(Math.max(pauseMs, wantedMs), clock, lineOver))) throw error
    }
  }
}

/** Whether `delayMs` milliseconds pass before `over` is aborted. */
async function passes(delayMs: number, clock: Clock, over: AbortSignal): Promise<boolean> {
  if (over.aborted) return false
  return await new Promise((resolve) => {
    const end = (): void => {
      stop()
      resolve(false)
    }
    const stop = clock.after(delayMs, () => {
      over.removeEventListener('abort', end)
      resolve(true)
    })
    over.addEventListener('abort', end)
  })
}

function isUnanswerable({ code, status, retryable }: StreamError): boolean {
  if (retryable) return false
  const isRefused = code === 'not-found' || code === 'forbidden' || code === 'gone'
  return isRefused || status === 405 || status === 501
}

function ignore(): void {}

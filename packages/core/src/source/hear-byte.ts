import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import type { Attempt } from './attempt.ts'
import type { StreamLife } from './stream-life.ts'
import { within } from './within.ts'

/** How to find out whether a silent stream has something to say. */
export interface Probe {
  /**
   * Asks for the resource as a frame, in the words of the snapshot; must end when its signal is aborted and must bound
   * itself in time.
   */
  readonly ask: (signal: AbortSignal) => Promise<Frame>
  /** Whether the second answer says something that a stream would have told since the first one. */
  readonly tellsNews: (before: Frame, after: Frame) => boolean
}

/** What is needed to tell a stream that has nothing to say from one that something on the way holds back. */
export interface HearEnv {
  readonly clock: Clock
  readonly probe: Probe
  readonly probeAfterMs: number
}

type Read = IteratorResult<readonly Frame[], unknown>

/** How long an update may be on its way, in milliseconds, when the answer about it is there already. */
const GRACE_MS = 2000
const MAX_WAIT_MS = 60_000

/**
 * The next read of a stream that has said nothing since its opening. After `probeAfterMs` of silence, and then after
 * doubled waits of at most a minute, it asks for the resource. Where that tells more than the snapshot, or from the first
 * answer where there was none, and still nothing comes, something holds the stream back: then `{ answer }` is what was
 * answered. A failed question says nothing.
 */
export async function hearByte(
  reading: Promise<Read>,
  life: StreamLife,
  { clock, probe, probeAfterMs }: HearEnv,
  attempt: Attempt,
): Promise<Read | { readonly answer: Frame }> {
  const silence = { clock, signal: attempt.signal }
  let known = life.snapshot
  let waitMs = probeAfterMs
  let leftMs = probeAfterMs - life.ageMs()
  for (;;) {
    const read = (await within(reading, leftMs, silence)) ?? (await ask(probe.ask, reading, attempt))
    if (!('answer' in read)) return read
    const { answer } = read
    if (answer !== null) {
      life.compare(answer)
      if (life.isHeard) return await attempt.wait(reading)
      known ??= answer
      if (probe.tellsNews(known, answer)) return (await within(reading, GRACE_MS, silence)) ?? { answer }
    }
    waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)
    leftMs = waitMs
  }
}

/** The answer, or `null` where there is none, unless the stream speaks before it. */
async function ask(
  resource: Probe['ask'],
  reading: Promise<Read>,
  attempt: Attempt,
): Promise<Read | { readonly answer: Frame | null }> {
  const controller = new AbortController()
  const end = (): void => controller.abort()
  attempt.signal.addEventListener('abort', end, { once: true })
  const asked = resource(controller.signal).then(
    (answer) => ({ answer }),
    () => ({ answer: null }),
  )
  try {
    return await attempt.wait(Promise.race([reading, asked]))
  } finally {
    attempt.signal.removeEventListener('abort', end)
    end()
  }
}

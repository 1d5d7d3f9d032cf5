import type { Clock } from '../store/clock.ts'
import { connectionReset } from './body-line.ts'
import type { CutHow } from './fault-kinds.ts'

/** How fast a body drips, and what ends it. */
export interface Drip {
  /** Size of a piece, 1 or more. */
  readonly bytes: number
  /** Milliseconds of the clock before each piece. */
  readonly everyMs: number
  readonly clock: Clock
  /** Ends the body with its reason, as `fetch` does. */
  readonly signal: AbortSignal
  /** Holds the end of the body while it is open: clean, it lets the rest go at once. */
  readonly openBodies: Set<BodyEnd>
}

/** Ends a body: cleanly, or as when the connection breaks. */
export type BodyEnd = (how: CutHow) => void

/** A body that hands out the bytes of another one little by little. It holds a timer only while somebody waits for it. */
export function dripBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { bytes, everyMs, clock, signal, openBodies }: Drip,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  let rest: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  let isHurried = false
  let isReset = false
  let wake = (): void => {}

  const hurry = (): void => {
    isHurried = true
    wake()
  }
  const endBy: BodyEnd = (how) => {
    isReset = how === 'reset'
    hurry()
  }
  const end = (): void => {
    openBodies.delete(endBy)
    signal.removeEventListener('abort', hurry)
    hurry()
  }
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const cancelTimer = clock.after(everyMs, resolve)
      wake = () => {
        cancelTimer()
        resolve()
      }
    })
  /** The next piece; `null` at the end. */
  const next = async (): Promise<Uint8Array<ArrayBuffer> | null> => {
    while (rest.length === 0) {
      const read = await reader.read()
      if (read.done) return null
      rest = read.value
    }
    if (!isHurried) await pause()
    signal.throwIfAborted()
    if (isReset) throw connectionReset()
    const piece = rest.slice(0, bytes)
    rest = rest.subarray(bytes)
    return piece
  }

  openBodies.add(endBy)
  signal.addEventListener('abort', hurry)
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        try {
          const piece = await next()
          if (piece !== null) return controller.enqueue(piece)
          controller.close()
        } catch (error) {
          controller.error(error)
        }
        end()
      },
      cancel(reason) {
        end()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

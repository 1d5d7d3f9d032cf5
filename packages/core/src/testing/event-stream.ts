import { effectOf } from './body-effects.ts'
import { openBodyLine, type BodyLine } from './body-line.ts'
import type { BodyMessage, StreamWriter } from './body-message.ts'
import type { BodyFault } from './fault-kinds.ts'
import { frameText, heartbeatText, noiseText, type Framing } from './frame-text.ts'
import type { SimulatorSettings } from './simulator-options.ts'

/** What a stream says, in order; each message is made when somebody asks. */
export interface StreamTale {
  /** What is to be said next; whoever says it takes it out. */
  readonly waiting: BodyMessage[]
  /** Whether the body ends when nothing is waiting any more. */
  readonly isLast: boolean
  /** Whether what it is about is gone, so that the body ends at once. */
  readonly isGone: boolean
  /** When more will be due by itself, in epoch milliseconds; `Infinity` for never. */
  readonly nextMs: number
  /** Makes what is due; false when nothing is. */
  fill(): boolean
}

/** What one connection to a stream needs. */
export interface EventStreamSetup {
  readonly tale: StreamTale
  /** Where the stream is told that something was done to what it is about. */
  readonly listeners: Set<() => void>
  /** Writes what faults say. */
  readonly updates: StreamWriter
  readonly settings: SimulatorSettings
  readonly framing: Framing
  /** Events that are not said again. */
  readonly afterEvents: number
  readonly faults: readonly BodyFault[]
  /** Chance for faults. */
  readonly random: () => number
  readonly signal: AbortSignal
  readonly onEnd: (by: 'client' | 'server') => void
}

/** The longest delay that every runtime can hold in a timer. */
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * Opens one connection to a stream: what its tale says, each at its time, heartbeats between.
 *
 * Holds one timer at most, and none while the reader is behind, the line has stalled or has ended.
 */
export function openEventStream(setup: EventStreamSetup): BodyLine {
  const { tale, settings, framing, listeners } = setup
  const { clock, heartbeatMs, noise } = settings
  const { waiting } = tale
  let isPumping = false
  // Why: a message has the same noise after it on every connection that says it.
  let messagesSent = setup.afterEvents
  let nextBeatMs = heartbeatMs > 0 ? clock.now() + heartbeatMs : Infinity
  let cancelTimer = (): void => {}

  const text = (raw: string): string => (settings.lineEnd === '\n' ? raw : raw.replaceAll('\n', '\r\n'))
  const encode = (message: BodyMessage): string => {
    const framed = frameText(framing, message)
    return text(message.isLast === true && !settings.finalNewline ? framed.slice(0, -1) : framed)
  }

  const pump = (): void => {
    // Why: writing may ask for more at once, while the first write is still under way.
    if (isPumping) return
    isPumping = true
    cancelTimer()
    while (line.hasRoom) {
      if (tale.isGone) {
        line.close()
        break
      }
      const message = waiting.shift()
      const isClosing = tale.isLast && waiting.length === 0
      if (message !== undefined) {
        line.send(isClosing ? { ...message, isLast: true } : message)
        const between = noise[messagesSent++ % Math.max(noise.length, 1)]
        if (between !== undefined && !isClosing) line.write(text(noiseText(framing, between)))
      } else if (isClosing) line.close()
      else if (clock.now() >= nextBeatMs) {
        line.write(text(heartbeatText(framing)))
        while (nextBeatMs <= clock.now()) nextBeatMs += heartbeatMs
      } else if (!tale.fill()) break
    }
    isPumping = false
    if (line.hasRoom) wait()
  }

  const wait = (): void => {
    const nextMs = Math.min(nextBeatMs, tale.nextMs)
    if (nextMs === Infinity) return
    const delayMs = Math.min(Math.max(Math.ceil(nextMs - clock.now()), 1), MAX_DELAY_MS)
    cancelTimer = clock.after(delayMs, pump)
  }

  const place = { isStream: true, updates: setup.updates, random: setup.random }
  listeners.add(pump)
  const line = openBodyLine({
    encode,
    effects: setup.faults.map((fault) => effectOf(fault, place)),
    chunkBytes: settings.chunkBytes,
    signal: setup.signal,
    onRoom: pump,
    onEnd(by) {
      cancelTimer()
      listeners.delete(pump)
      setup.onEnd(by)
    },
  })
  return line
}

import { effectOf } from './body-effects.ts'
import type { BodyMessage } from './body-message.ts'
import { openBodyLine, type BodyLine } from './body-line.ts'
import type { TaskEncoder } from './encode-task.ts'
import { createUpdateEncoder } from './encode-update.ts'
import type { BodyFault } from './fault-kinds.ts'
import { frameText, heartbeatText, noiseText, type Framing } from './frame-text.ts'
import type { Runs, TaskRun } from './runs.ts'
import type { SimulatorSettings } from './simulator-options.ts'
import { beginTaskTale, type HistoryStart } from './task-tale.ts'

/** What one connection to the stream of a task needs. */
export interface TaskStreamSetup {
  readonly run: TaskRun
  readonly runs: Runs
  readonly encoder: TaskEncoder
  readonly settings: SimulatorSettings
  readonly framing: Framing
  /** `null` begins with the present. */
  readonly start: HistoryStart | null
  readonly faults: readonly BodyFault[]
  /** Chance for faults. */
  readonly random: () => number
  readonly signal: AbortSignal
  readonly onEnd: (by: 'client' | 'server') => void
}

/** The longest delay that every runtime can hold in a timer. */
const MAX_DELAY_MS = 2 ** 31 - 1

/**
 * Opens one connection to the stream of a task: the task as it is now, or its events so far, then each step at its time,
 * heartbeats between.
 *
 * Holds one timer at most, and none while the reader is behind, the line has stalled or has ended.
 */
export function openTaskStream(setup: TaskStreamSetup): BodyLine {
  const { run, runs, settings, framing } = setup
  const { clock, heartbeatMs, noise } = settings
  const updates = createUpdateEncoder(run, setup.encoder, framing, settings)
  const tale = beginTaskTale({ ...setup, updates })
  const { waiting } = tale
  let isPumping = false
  // Why: a message has the same noise after it on every connection that says it.
  let messagesSent = setup.start?.afterEvents ?? 0
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
      if (run.isDeleted) {
        line.close()
        break
      }
      const message = waiting.shift()
      const isClosing = tale.isEndSaid && waiting.length === 0 && settings.closeAfterTerminal
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
    const step = tale.nextStep
    const nextMs = Math.min(nextBeatMs, step === undefined ? Infinity : runs.momentMs(run, step.atMs))
    if (nextMs === Infinity) return
    const delayMs = Math.min(Math.max(Math.ceil(nextMs - clock.now()), 1), MAX_DELAY_MS)
    cancelTimer = clock.after(delayMs, pump)
  }

  run.listeners.add(pump)
  const line = openBodyLine({
    encode,
    effects: setup.faults.map((fault) => effectOf(fault, { isStream: true, updates, random: setup.random })),
    chunkBytes: settings.chunkBytes,
    signal: setup.signal,
    onRoom: pump,
    onEnd(by) {
      cancelTimer()
      run.listeners.delete(pump)
      setup.onEnd(by)
    },
  })
  return line
}

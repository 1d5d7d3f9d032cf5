import { isTerminalStatus } from '../protocol/task-status.ts'
import type { Clock } from '../store/clock.ts'
import {
  checkScript,
  countDue,
  taskAfter,
  type ScriptedTask,
  type TaskScript,
  type TaskStep,
} from './script.ts'
import type { RunBody, SimulatorDialect } from './simulator-options.ts'

/** A task that was started, and everything that is known of it. What it is now follows from the time alone. */
export interface TaskRun {
  readonly id: string
  readonly body: RunBody
  /** Address of the server as the caller wrote it, for links. */
  readonly origin: string
  /** Epoch milliseconds. */
  readonly createdAtMs: number
  /** When the script begins, epoch milliseconds: later than the creation for a scheduled run. */
  readonly startAtMs: number
  readonly sessionId: string | null
  /** Who may see it (P§3.3); `private` at first. */
  readonly visibility: TaskVisibility
  readonly isFeatured: boolean
  /** Replaced when the task is cancelled; steps that have happened stay. */
  readonly script: TaskScript
  readonly isDeleted: boolean
  readonly history: EventHistory
  /** Told when the script was replaced or the task deleted. */
  readonly listeners: Set<() => void>
}

/** From where on the server knows the events of a task. */
export interface EventHistory {
  /** How often the server had been restarted when the history began. */
  readonly epoch: number
  /** Steps of the script that had happened when it began. */
  readonly fromStep: number
  /** Whether its first event is the task as it was then. */
  readonly beginsWhole: boolean
}

/** Who may see a task (P§3.3). */
export type TaskVisibility = 'private' | 'team' | 'org' | 'public' | 'unlisted'

/** Every {@link TaskVisibility}. */
export const taskVisibilities: readonly TaskVisibility[] = ['private', 'team', 'org', 'public', 'unlisted']

/** How a run is cancelled. */
export interface Cancellation {
  readonly force: boolean
  /** Most milliseconds that it may take. */
  readonly timeoutMs: number
}

/** All tasks of a simulator, in order of creation. */
export interface Runs {
  add(
    run: Pick<TaskRun, 'id' | 'body' | 'origin' | 'sessionId'> & { runAtMs: number | null },
    script: TaskScript,
  ): TaskRun
  /** By id, or by its first 8 characters. */
  find(id: string): TaskRun | null
  all(): readonly TaskRun[]
  remove(run: TaskRun): void
  /** Forgets the events of every task, as a server does whose process is restarted. */
  forgetEvents(): void
  /** Changes who may see it, or whether it is featured; streams are not told. */
  mark(run: TaskRun, marks: Partial<Pick<TaskRun, 'visibility' | 'isFeatured'>>): void
  /** Stops it, unless it has ended. */
  cancel(run: TaskRun, cancellation: Cancellation): void
  /** How many steps of it have happened. */
  stepsDone(run: TaskRun): number
  /** The task as it is now. */
  taskNow(run: TaskRun): ScriptedTask
  /** When a moment of its script comes, or came, in epoch milliseconds. */
  momentMs(run: TaskRun, atMs: number): number
}

/** What {@link createRuns} needs. */
export interface RunsSetup {
  readonly clock: Clock
  readonly speed: number
  readonly dialect: SimulatorDialect
  readonly cancelMs: number
  readonly maxRuns: number
}

/** Makes the store of tasks. It holds no timer. */
export function createRuns({ clock, speed, dialect, cancelMs, maxRuns }: RunsSetup): Runs {
  type Writable = { -readonly [Key in keyof TaskRun]: TaskRun[Key] }
  const runs = new Map<string, Writable>()
  let epoch = 0

  const elapsedMs = (run: TaskRun): number => (clock.now() - run.startAtMs) * speed
  // Why: a moment that was divided by the speed and multiplied again may miss itself by a hair.
  const stepsDone = (run: TaskRun): number => countDue(run.script, elapsedMs(run) + 1e-6)
  const tell = (run: TaskRun): void => {
    for (const listener of run.listeners) listener()
  }
  const remove = (run: TaskRun): void => {
    const held = runs.get(run.id)
    if (held === undefined) return
    runs.delete(run.id)
    held.isDeleted = true
    tell(held)
  }

  return {
    stepsDone,
    remove,
    forgetEvents() {
      epoch++
      for (const run of runs.values()) run.history = { epoch, fromStep: stepsDone(run), beginsWhole: true }
    },
    taskNow: (run) => taskAfter(run.script, stepsDone(run)),
    momentMs: (run, atMs) => run.startAtMs + atMs / speed,
    all: () => [...runs.values()],
    find(id) {
      const exact = runs.get(id)
      if (exact !== undefined || id.length !== 8) return exact ?? null
      for (const run of runs.values()) if (run.id.startsWith(id)) return run
      return null
    },
    mark(run, marks) {
      const held = runs.get(run.id)
      if (held !== undefined) Object.assign(held, marks)
    },
    add({ runAtMs, ...given }, script) {
      const nowMs = clock.now()
      const run: Writable = {
        ...given,
        createdAtMs: nowMs,
        startAtMs: Math.max(nowMs, runAtMs ?? nowMs),
        visibility: 'private',
        isFeatured: false,
        script: checkScript(script),
        isDeleted: false,
        history: { epoch, fromStep: 0, beginsWhole: false },
        listeners: new Set(),
      }
      runs.set(run.id, run)
      for (const oldest of runs.values()) {
        if (runs.size <= maxRuns) break
        remove(oldest)
      }
      return run
    },
    cancel(run, { force, timeoutMs }) {
      const held = runs.get(run.id)
      if (held === undefined) return
      const happened = held.script.slice(0, stepsDone(held))
      const { status } = taskAfter(happened, happened.length)
      const isUnderWay = held.script.some((step) => step.set?.status === 'cancelled')
      if (isTerminalStatus(status) || (isUnderWay && !force)) return
      const atMs = Math.max(elapsedMs(held), happened.at(-1)?.atMs ?? -Infinity)
      const endMs = force ? atMs : atMs + Math.min(cancelMs, timeoutMs) * speed
      const end: readonly TaskStep[] = [{ atMs: endMs, set: { status: 'cancelled' } }]
      // [wire] P§3.4: the live service goes 8 then 12; the reference has no word for the moment between.
      const begin: readonly TaskStep[] =
        dialect === 'live' && status !== 'cancelling' ? [{ atMs, set: { status: 'cancelling' } }] : []
      held.script = [...happened, ...begin, ...end]
      tell(held)
    },
  }
}

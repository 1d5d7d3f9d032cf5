import type { Task } from '../src/state/task.ts'
import type { FaultSchedule } from './fault-schedule.ts'
import { linesIn } from './disturbed.ts'

/** What a schedule came to, as far as it was told. */
export interface Ending {
  readonly task: Task
  readonly told: readonly string[]
  /** The task as the server has it; `null` where its id is not known. */
  readonly present: Task | null
  readonly isCancelAsked: boolean
  readonly isMistaken: boolean
}

/** What a schedule has to come to. */
export interface Claim {
  /** All of the text that is made: whatever is shown of it is its beginning. */
  readonly text: string
  /**
   * Whether what a stream tells may be folded after a newer present that was asked for: messages of the reference dialect
   * bear no times, so that what they show goes back a little, until the stream has caught up.
   */
  readonly isToldAfterThePresent: boolean
  /** Whether the server may say something twice that nobody can tell from something new. */
  readonly isUnsure: boolean
  /** The laws that an ending breaks. */
  broken(ending: Ending): readonly string[]
}

/**
 * How much can be known.
 *
 * - `all`: every line in its place;
 * - `late`: every line, but one may come late: what could not be read, or lines that cannot be told apart, without a
 *   place in the stream;
 * - `end`: the server said something twice, late or never, in a way that nobody can see. What comes after is right.
 */
type Knowledge = 'all' | 'late' | 'end'

function knowledgeOf({ server, resumeMode, faults, script }: FaultSchedule): Knowledge {
  const kinds = new Set(faults.map(({ kind }) => kind))
  const hasIds = server.resume === 'cursor'
  const isListed = server.dialect === 'reference'
  if (kinds.has('reorder') || kinds.has('gap')) return 'end'
  // It was promised to continue after any id, and begins anew after one that it does not know.
  if (resumeMode === 'cursor' && server.unknownId === 'ignore') return 'end'
  if (kinds.has('duplicate') && !hasIds && (isListed || resumeMode === 'replay')) return 'end'
  const lines = linesIn(script)
  const repeats = new Set(lines).size < lines.length
  if (kinds.has('garble-line') || kinds.has('invalid-utf8')) return 'late'
  if (isListed && repeats) return 'late'
  if (isListed && server.snapshotOnConnect === false) return 'late'
  return 'all'
}

/** What `schedule` has to come to. */
export function claimOf(schedule: FaultSchedule): Claim {
  const { script } = schedule
  const last = script.at(-1)?.set
  const output: unknown = last?.output ?? null
  const error = last?.error ?? null
  const lines = linesIn(script)
  const text = script.map(({ delta }) => responseOf(delta)).join('')
  return {
    isToldAfterThePresent: schedule.server.dialect === 'reference',
    isUnsure: knowledgeOf(schedule) === 'end',
    text: output === null ? text : responseOf(output),
    broken({ task, told, present, isCancelAsked, isMistaken }) {
      const broken: string[] = []
      const check = (isRight: boolean, law: string): void => void (isRight || broken.push(law))
      const knowledge = isMistaken ? 'end' : knowledgeOf(schedule)
      const isCancelled = isCancelAsked && task.status === 'cancelled'
      check(isCancelled || task.status === last?.status, `L6: the status is ${task.status}`)
      check(
        isCancelled || (same(task.output, output) && task.error === error),
        'L6: the result is that of the task',
      )
      check(same(told, task.logs), 'L6: each line is told once')
      if (present === null) return [...broken, 'L6: the task is known']
      check(
        task.status === present.status && task.error === present.error && same(task.output, present.output),
        'L6: the end is that of the server',
      )
      if (knowledge === 'end') return broken
      const wanted = isCancelled ? present.logs : lines
      const order = (list: readonly string[]): readonly string[] =>
        knowledge === 'all' ? list : list.toSorted()
      check(same(order(task.logs), order(wanted)), 'L6: every line, each once')
      check(same(progressOf(task), progressOf(present)), 'L6: the progress is that of the server')
      return broken
    },
  }
}

function progressOf({ progress }: Task): unknown {
  return progress === null ? null : [progress.value, progress.current, progress.total, progress.stage]
}

function responseOf(value: unknown): string {
  const response: unknown =
    typeof value === 'object' && value !== null && 'response' in value ? value.response : ''
  return String(response)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

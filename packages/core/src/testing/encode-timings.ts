import type { TaskTimingsWire } from '../protocol/inference/wire-types.ts'
import { isTerminalStatus, phaseOf } from '../protocol/task-status.ts'
import { statusName, type StatusKeys } from './encode-task.ts'
import type { ScriptedTask, ScriptStatus } from './script.ts'

/** What the timings of a task are written from. */
export interface TimingsInput {
  readonly task: ScriptedTask
  readonly taskId: string
  readonly statusKeys: StatusKeys
  readonly isLive: boolean
  /** Now, in epoch milliseconds. */
  readonly nowMs: number
  readonly momentMs: (atMs: number) => number
  readonly timeStamp: (epochMs: number) => string
}

/** The answer to `GET /tasks/{id}/timings` (P§3.4, A4). */
export function encodeTimings(input: TimingsInput): TaskTimingsWire {
  const { task, momentMs, timeStamp, isLive } = input
  const moments = task.history.map(({ status, atMs }) => ({ status, ms: momentMs(atMs) }))
  const isOver = isTerminalStatus(task.status)
  const endMs = isOver ? (moments.at(-1)?.ms ?? input.nowMs) : input.nowMs
  const totalMs = moments[0] === undefined ? 0 : endMs - moments[0].ms
  return {
    task_id: input.taskId,
    ...input.statusKeys,
    total_duration: seconds(totalMs),
    total_duration_ms: totalMs,
    groups: groupsOf(moments).map(({ label, startMs, endMs: groupEndMs }) => ({
      label,
      start_at: timeStamp(startMs),
      end_at: groupEndMs === null ? null : timeStamp(groupEndMs),
      duration: seconds((groupEndMs ?? input.nowMs) - startMs),
      duration_ms: (groupEndMs ?? input.nowMs) - startMs,
    })),
    events: moments.map(({ status, ms }, index) => {
      const next = moments[index + 1]
      return {
        // [wire] P§3.4: "here status is the *name*".
        status: statusName(status, isLive),
        timestamp: timeStamp(ms),
        ...(next === undefined
          ? {}
          : {
              duration: seconds(next.ms - ms),
              duration_ms: next.ms - ms,
              next_status: statusName(next.status, isLive),
            }),
      }
    }),
  }
}

interface Group {
  readonly label: string
  readonly startMs: number
  /** `null` while it lasts. */
  readonly endMs: number | null
}

/** Stretches of the same kind of work; the end of the task is no stretch. */
function groupsOf(
  moments: readonly { readonly status: ScriptStatus; readonly ms: number }[],
): readonly Group[] {
  const groups: Group[] = []
  for (const { status, ms } of moments) {
    const label = isTerminalStatus(status) ? null : labelOf(status)
    const last = groups.at(-1)
    if (last !== undefined && last.endMs === null) {
      if (last.label === label) continue
      groups[groups.length - 1] = { ...last, endMs: ms }
    }
    if (label !== null) groups.push({ label, startMs: ms, endMs: null })
  }
  return groups
}

function labelOf(status: ScriptStatus): string {
  if (status === 'received' || status === 'queued' || status === 'scheduled') return 'queue'
  if (status === 'uploading') return 'upload'
  return phaseOf(status) === 'pending' ? 'setup' : 'run'
}

function seconds(ms: number): string {
  return `${ms / 1000}s`
}

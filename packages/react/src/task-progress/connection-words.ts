import { formatDuration, formatTimeLeft } from './format-duration.ts'
import type { TaskProgressLabels } from './labels.ts'
import type { ShownTask } from './shown-task.ts'
import { useNowAs } from './use-now.ts'

/** What is said of a line. */
export interface ConnectionWords {
  /** Its state; while an attempt is waited for, with the time until then. */
  readonly text: string
  /** What more is known of it, in a few words. */
  readonly detail: string | null
  /** Whether the line carries but has brought nothing for a minute or more. */
  readonly isQuiet: boolean
}

/** The words for a line. */
export type ConnectionLabels = Pick<
  TaskProgressLabels,
  'attempt' | 'connection' | 'connectionLost' | 'noNews' | 'retryIn' | 'waitingForNetwork'
>

/** A line, and what is said of it. */
export interface LineWords {
  readonly task: Pick<ShownTask, 'connection' | 'isActive' | 'phase'>
  readonly labels: ConnectionLabels
  readonly locale: string | undefined
}

const minuteMs = 60_000

/** The words for a line, renewed as time goes by. */
export function useConnectionWords({ task, labels, locale }: LineWords): ConnectionWords {
  const { connection, isActive } = task
  const { state, attempt, error } = connection
  const secondsLeft = useSecondsUntil(isActive ? connection.nextRetryAt : null)
  const quietMinutes = useMinutesSince(mayBeQuiet(task) ? connection.lastEventAt : null)
  const word = labels.connection[state]
  switch (state) {
    case 'reconnecting': {
      const text = secondsLeft > 0 ? labels.retryIn(formatDuration(secondsLeft * 1000, locale)) : word
      const detail = attempt > 0 ? labels.attempt(new Intl.NumberFormat(locale).format(attempt)) : null
      return { text, detail, isQuiet: false }
    }
    case 'offline':
      return { text: word, detail: labels.waitingForNetwork, isQuiet: false }
    case 'closed':
      return { text: error?.retryable === true ? labels.connectionLost : word, detail: null, isQuiet: false }
    case 'live':
    case 'polling': {
      if (quietMinutes === 0) return { text: word, detail: null, isQuiet: false }
      const duration = formatTimeLeft(quietMinutes * minuteMs, locale)
      return { text: word, detail: labels.noNews(duration), isQuiet: true }
    }
    case 'idle':
    case 'connecting':
    case 'stalled':
      return { text: word, detail: null, isQuiet: false }
    default:
      return state satisfies never
  }
}

/** Only of a task that is at work is news to be expected: one in a queue may stand there for hours. */
function mayBeQuiet({ connection, phase }: LineWords['task']): boolean {
  const carries = connection.state === 'live' || connection.state === 'polling'
  return carries && (phase === 'running' || phase === 'finishing')
}

/** Whole seconds until `atMs`; 0 when it is over or none is waited for. */
function useSecondsUntil(atMs: number | null): number {
  const seconds = useNowAs(atMs !== null, (nowMs) => (atMs === null ? 0 : Math.ceil((atMs - nowMs) / 1000)))
  return Math.max(0, seconds ?? 0)
}

/** Whole minutes since `atMs`; 0 where there is nothing to count from. */
function useMinutesSince(atMs: number | null): number {
  const minutes = useNowAs(atMs !== null, (nowMs) =>
    atMs === null ? 0 : Math.floor((nowMs - atMs) / minuteMs),
  )
  return Math.max(0, minutes ?? 0)
}

import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import type { ShownTask } from './shown-task.ts'
import { formatDuration } from './format-duration.ts'
import { useNow } from './use-now.ts'

/** Props of `Connection`. */
export type ConnectionProps = PartProps<'div', TaskProgressState>

/**
 * The line that the task is followed by, apart from the task: whether it carries, when it is tried again, and a button for
 * trying it now. Not there before the server has the task and after its end, when no line is needed.
 */
export const Connection: Part<ConnectionProps, HTMLDivElement> = definePart(
  'TaskProgress.Connection',
  (props, ref) => {
    const context = useTaskProgress('Connection')
    const { task, labels, locale } = context
    const state = stateOf(context)
    const secondsLeft = useSecondsLeft(task.isActive ? task.connection.nextRetryAt : null)
    if (!task.isActive || (task.connection.state === 'idle' && task.id === null)) return null
    const children = (
      <>
        <span data-slot="task-progress-connection-dot" aria-hidden="true" />
        <span data-slot="task-progress-connection-text">
          {labels.connection[task.connection.state]}
          {secondsLeft > 0 && (
            <span data-slot="task-progress-connection-countdown">
              {labels.retryIn(formatDuration(secondsLeft * 1000, locale))}
            </span>
          )}
        </span>
        {canReconnect(task) && (
          <button type="button" data-slot="task-progress-reconnect" onClick={() => task.reconnect()}>
            {labels.reconnect}
          </button>
        )}
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'task-progress-connection',
      state,
      props,
      ref,
      own: { children, ...attributesOf(state) },
    })
  },
)

/** While an attempt is on its way there is nothing to ask for. */
function canReconnect({ connection }: ShownTask): boolean {
  const { state, nextRetryAt } = connection
  return state === 'closed' || state === 'idle' || (state === 'reconnecting' && nextRetryAt !== null)
}

/** Whole seconds until `atMs`; 0 when it is over or none is waited for. */
function useSecondsLeft(atMs: number | null): number {
  const nowMs = useNow(atMs !== null)
  return atMs === null || nowMs === null ? 0 : Math.max(0, Math.ceil((atMs - nowMs) / 1000))
}

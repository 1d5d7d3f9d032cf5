import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { useConnectionWords } from './connection-words.ts'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { Icon } from './icon.tsx'
import type { TaskProgressLabels } from './labels.ts'
import type { ShownTask } from './shown-task.ts'

/** Props of `Connection`. */
export type ConnectionProps = PartProps<'div', TaskProgressState>

/**
 * The line that the task is followed by, apart from the task: whether it carries, when it is tried again, and a button for
 * trying it now. Not there before the server has the task and after its end, when no line is needed.
 *
 * A `role="group"`. It speaks to nobody by itself: `Root` says what broke and what came back.
 */
export const Connection: Part<ConnectionProps, HTMLDivElement> = definePart(
  'TaskProgress.Connection',
  (props, ref) => {
    const context = useTaskProgress('Connection')
    const { task, labels } = context
    const state = stateOf(context)
    const { text, detail, isQuiet } = useConnectionWords(context)
    if (!task.isActive || (task.connection.state === 'idle' && task.id === null)) return null
    const action = actionOf(task, labels)
    const children = (
      <>
        {state.connection === 'offline' ? (
          <Icon name="offline" />
        ) : (
          <span data-slot="task-progress-connection-dot" aria-hidden="true" />
        )}
        <span data-slot="task-progress-connection-text">
          <span data-slot="task-progress-connection-state">{text}</span>
          {detail !== null && ' '}
          {detail !== null && <span data-slot="task-progress-connection-detail">{detail}</span>}
        </span>
        {action !== null && (
          <button type="button" data-slot="task-progress-reconnect" onClick={() => task.reconnect()}>
            {action}
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
      own: {
        role: 'group',
        'aria-label': labels.connectionName,
        children,
        ...(isQuiet ? { 'data-quiet': '' } : {}),
        ...attributesOf(state),
      },
    })
  },
)

/** The word for what can be asked of the line; nothing while it carries, and while an attempt is on its way. */
function actionOf({ connection }: ShownTask, labels: TaskProgressLabels): string | null {
  const { state, nextRetryAt, error } = connection
  if (state === 'offline' || (state === 'reconnecting' && nextRetryAt !== null)) return labels.retryNow
  // What was refused may be allowed by now, but nobody tries it again by itself.
  if (state === 'closed' && error !== null) return error.retryable ? labels.retryNow : labels.reconnect
  return state === 'idle' ? labels.reconnect : null
}

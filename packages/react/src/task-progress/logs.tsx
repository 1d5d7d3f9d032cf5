import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { LogView } from './log-view.tsx'

/** Props of `Logs`. */
export type LogsProps = PartProps<'div', TaskProgressState>

/**
 * The log of the task: it follows its end until the reader scrolls away, and shows 200,000 lines as easily as ten. A
 * `role="log"` that does not speak.
 */
export const Logs: Part<LogsProps, HTMLDivElement> = definePart('TaskProgress.Logs', (props, ref) => {
  const context = useTaskProgress('Logs')
  const state = stateOf(context)
  const { id, logs } = context.task.view.task
  return renderElement({
    tag: 'div',
    slot: 'task-progress-logs',
    state,
    props,
    ref,
    own: {
      // Another task has another log, and its reader is at its end.
      children: <LogView key={id} lines={logs.lines} tail={logs.tail} />,
      ...attributesOf(state),
    },
  })
})

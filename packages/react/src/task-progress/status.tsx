import type { TaskPhase } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { describeStatus } from './describe-status.ts'
import { Icon, type IconName } from './icon.tsx'

/** Props of `Status`. */
export type StatusProps = PartProps<'span', TaskProgressState>

const icons: Readonly<Record<TaskPhase, IconName>> = {
  idle: 'idle',
  pending: 'waiting',
  running: 'spinner',
  finishing: 'spinner',
  success: 'success',
  error: 'failed',
  cancelled: 'cancelled',
}

/** What the task is doing: its status in a word, and while it runs what it says of itself. */
export const Status: Part<StatusProps, HTMLSpanElement> = definePart('TaskProgress.Status', (props, ref) => {
  const context = useTaskProgress('Status')
  const { task } = context
  const state = stateOf(context)
  const detail = task.phase === 'running' ? task.progress.stage : null
  const children = (
    <>
      <Icon name={icons[task.phase]} />
      <span data-slot="task-progress-status-text">{describeStatus(context)}</span>
      {detail !== null && detail !== '' && (
        <span data-slot="task-progress-status-detail" title={detail}>
          {detail}
        </span>
      )}
    </>
  )
  return renderElement({
    tag: 'span',
    slot: 'task-progress-status',
    state,
    props,
    ref,
    own: { children, ...attributesOf(state) },
  })
})

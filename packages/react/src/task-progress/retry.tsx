import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { Icon } from './icon.tsx'

/** Props of `Retry`. */
export type RetryProps = PartProps<'button', TaskProgressState>

/**
 * Runs it again, as a new task, after it failed, was cancelled, was not accepted or is not there any more. Not there
 * otherwise, nor where there is no config to run: a task that is shown by its id.
 */
export const Retry: Part<RetryProps, HTMLButtonElement> = definePart('TaskProgress.Retry', (props, ref) => {
  const context = useTaskProgress('Retry')
  const { task, labels } = context
  const state = stateOf(context)
  const { retry } = task
  if (retry === undefined || (task.phase !== 'error' && task.phase !== 'cancelled')) return null
  const children = (
    <>
      <Icon name="reload" />
      {labels.retry}
    </>
  )
  return renderElement({
    tag: 'button',
    slot: 'task-progress-retry',
    state,
    props,
    ref,
    own: { type: 'button', onClick: () => retry(), children, ...attributesOf(state) },
  })
})

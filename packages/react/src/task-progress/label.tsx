import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'

/** Props of `Label`. */
export type LabelProps = PartProps<'span', TaskProgressState>

/** The name of the task, which also names the group and the bar: its children, else the app that runs. */
export const Label: Part<LabelProps, HTMLSpanElement> = definePart('TaskProgress.Label', (props, ref) => {
  const context = useTaskProgress('Label')
  const state = stateOf(context)
  const children = context.task.view.task.app ?? context.labels.task
  return renderElement({
    tag: 'span',
    slot: 'task-progress-label',
    state,
    // The id is what the group and the bar refer to.
    props: { ...props, id: context.labelId },
    ref,
    own: { children, ...attributesOf(state) },
  })
})

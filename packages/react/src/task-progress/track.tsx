import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { Indicator } from './indicator.tsx'
import { selectBar } from './select-bar.ts'

/** Props of `Track`. */
export type TrackProps = PartProps<'div', TaskProgressState>

/** The whole length of a bar. */
export const Track: Part<TrackProps, HTMLDivElement> = definePart('TaskProgress.Track', (props, ref) => {
  const context = useTaskProgress('Track')
  const state = stateOf(context)
  return renderElement({
    tag: 'div',
    slot: 'task-progress-track',
    state,
    props,
    ref,
    own: {
      children: <Indicator />,
      'data-state': selectBar(context.task).state,
      ...attributesOf(state),
    },
  })
})

import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { selectBar } from './select-bar.ts'

/** Props of `Indicator`. */
export type IndicatorProps = PartProps<'div', TaskProgressState>

/** The part of a bar that is full: `--ts-progress` is its share, 0 to 1, and is missing while nobody knows it. */
export const Indicator: Part<IndicatorProps, HTMLDivElement> = definePart(
  'TaskProgress.Indicator',
  (props, ref) => {
    const context = useTaskProgress('Indicator')
    const state = stateOf(context)
    const { state: barState, fraction } = selectBar(context.task)
    return renderElement({
      tag: 'div',
      slot: 'task-progress-indicator',
      state,
      props,
      ref,
      own: {
        style: fraction === null ? undefined : { '--ts-progress': fraction },
        'data-state': barState,
        ...attributesOf(state),
      },
    })
  },
)

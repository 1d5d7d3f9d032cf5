import { selectStages, type TaskStage } from '@taskstream/core'
import { Fragment, type ReactNode } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { Stage } from './stage.tsx'

/** Props of `Stages`. */
export interface StagesProps extends Omit<PartProps<'ol', TaskProgressState>, 'children'> {
  /** Shows one stage in place of `<Stage stage={stage} />`. */
  readonly children?: (stage: TaskStage) => ReactNode
}

/** The stages that every task goes through, in order. */
export const Stages: Part<StagesProps, HTMLOListElement> = definePart(
  'TaskProgress.Stages',
  ({ children = showStage, ...props }, ref) => {
    const context = useTaskProgress('Stages')
    const state = stateOf(context)
    const stages = selectStages(context.task.view.task)
    return renderElement({
      tag: 'ol',
      slot: 'task-progress-stages',
      state,
      props,
      ref,
      own: {
        // Why a role: Safari takes the list from an `ol` without bullets.
        role: 'list',
        children: stages.map((stage) => <Fragment key={stage.name}>{children(stage)}</Fragment>),
        ...attributesOf(state),
      },
    })
  },
)

function showStage(stage: TaskStage): ReactNode {
  return <Stage stage={stage} />
}

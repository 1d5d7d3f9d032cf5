import type { TaskStage } from '@taskstream/core'
import { definePart, renderElement, type OwnProps, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { formatShortDuration } from './format-duration.ts'
import { Icon, type IconName } from './icon.tsx'
import type { TaskProgressLabels } from './labels.ts'

/** What `Stage` gives to functions: the state of the task, and the stage. */
export interface StageState extends TaskProgressState {
  readonly stage: TaskStage
}

/** Props of `Stage`. */
export interface StageProps extends PartProps<'li', StageState> {
  readonly stage: TaskStage
}

const icons: Readonly<Record<TaskStage['state'], IconName | null>> = {
  todo: null,
  active: 'dot',
  passed: 'check',
  skipped: 'skipped',
  stopped: 'cross',
}

/** The mark alone tells how a stage went, so it has a name; where there is nothing to tell, it is not there. */
function meaningOf(state: TaskStage['state'], { stageState }: TaskProgressLabels): OwnProps {
  return state === 'todo' || state === 'active'
    ? { 'aria-hidden': true }
    : { role: 'img', 'aria-label': stageState[state] }
}

/** One stage: its name, its state as `data-state`, and how long it took. */
export const Stage: Part<StageProps, HTMLLIElement> = definePart(
  'TaskProgress.Stage',
  ({ stage, ...props }, ref) => {
    const context = useTaskProgress('Stage')
    const { labels, locale } = context
    const state = { ...stateOf(context), stage }
    const icon = icons[stage.state]
    const children = (
      <>
        <span data-slot="task-progress-stage-marker" {...meaningOf(stage.state, labels)}>
          {icon !== null && <Icon name={icon} />}
        </span>
        <span data-slot="task-progress-stage-name">{labels.stage[stage.name]}</span>
        {stage.durationMs !== null && stage.name !== 'done' && (
          <span data-slot="task-progress-stage-duration">
            {formatShortDuration(stage.durationMs, locale)}
          </span>
        )}
      </>
    )
    return renderElement({
      tag: 'li',
      slot: 'task-progress-stage',
      state,
      props,
      ref,
      own: {
        'aria-current': stage.state === 'active' ? 'step' : undefined,
        children,
        'data-stage': stage.name,
        'data-state': stage.state,
        ...attributesOf(state),
      },
    })
  },
)

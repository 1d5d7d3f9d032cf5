import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import {
  attributesOf,
  namedByTask,
  stateOf,
  useTaskProgress,
  type TaskProgressContextValue,
  type TaskProgressState,
} from './context.tsx'
import { describeStatus } from './describe-status.ts'
import { formatPercent, wholePercent } from './format-percent.ts'
import { selectBar, selectUploadShare } from './select-bar.ts'
import { Track } from './track.tsx'

/** Props of `Bar`. */
export type BarProps = PartProps<'div', TaskProgressState>

/**
 * How far the task is. A `role="progressbar"` without `aria-valuenow` while nobody knows, because it never invents a share.
 *
 * `data-state`: `idle`, `waiting`, `indeterminate`, `determinate`, `complete`, `stopped`.
 */
export const Bar: Part<BarProps, HTMLDivElement> = definePart('TaskProgress.Bar', (props, ref) => {
  const context = useTaskProgress('Bar')
  const state = stateOf(context)
  const { state: barState, fraction } = selectBar(context.task)
  const named = props['aria-label'] === undefined ? namedByTask(context) : {}
  return renderElement({
    tag: 'div',
    slot: 'task-progress-bar',
    state,
    props,
    ref,
    own: {
      role: 'progressbar',
      ...named,
      'aria-valuemin': 0,
      'aria-valuemax': 100,
      'aria-valuenow': fraction === null ? undefined : wholePercent(fraction),
      'aria-valuetext': valueText(context, fraction),
      children: <Track />,
      'data-state': barState,
      ...attributesOf(state),
    },
  })
})

/** What the task is at, and the share where there is one: "Denoising, 45%". */
function valueText(context: TaskProgressContextValue, fraction: number | null): string {
  const { task, locale } = context
  const stage = task.phase === 'running' ? task.progress.stage : null
  const doing = stage === null || stage === '' ? describeStatus(context) : stage
  const saysShare = fraction === null || task.phase === 'success' || selectUploadShare(task) !== null
  return saysShare ? doing : `${doing}, ${formatPercent(fraction, locale)}`
}

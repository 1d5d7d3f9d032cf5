import { selectEtaMs } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { formatTimeLeft } from './format-duration.ts'
import { useNow } from './use-now.ts'

/** Props of `Eta`. */
export type EtaProps = PartProps<'span', TaskProgressState>

/** About how long it will still take; nothing while nothing honest can be said. */
export const Eta: Part<EtaProps, HTMLSpanElement> = definePart('TaskProgress.Eta', (props, ref) => {
  const context = useTaskProgress('Eta')
  const { task, labels, locale } = context
  const state = stateOf(context)
  const nowMs = useNow(task.progress.etaMs !== null && task.isActive)
  const leftMs = nowMs === null ? null : selectEtaMs(task.view.task, nowMs)
  if (leftMs === null) return null
  return renderElement({
    tag: 'span',
    slot: 'task-progress-eta',
    state,
    props,
    ref,
    own: { children: labels.eta(formatTimeLeft(leftMs, locale)), ...attributesOf(state) },
  })
})

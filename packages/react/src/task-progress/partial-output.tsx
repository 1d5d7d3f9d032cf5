import { describeOutput } from '@taskstream/core'
import { Fragment, useMemo } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { OutputPieceView, type RenderPiece } from './output-piece-view.tsx'

/** Props of `PartialOutput`. */
export interface PartialOutputProps extends PartProps<'div', TaskProgressState> {
  /** Shows a piece in place of ours. */
  readonly renderPiece?: RenderPiece
}

/** What is known of the output before the end: text as it is written, pictures as they get better. Nothing else. */
export const PartialOutput: Part<PartialOutputProps, HTMLDivElement> = definePart(
  'TaskProgress.PartialOutput',
  ({ renderPiece = showPiece, ...props }, ref) => {
    const context = useTaskProgress('PartialOutput')
    const { task, labels } = context
    const pieces = useMemo(() => describeOutput(task.partialOutput), [task.partialOutput])
    if (task.isTerminal || pieces.length === 0) return null
    const state = stateOf(context)
    const children = (
      <>
        <span data-slot="task-progress-partial-label">{labels.partialOutput}</span>
        {pieces.map((piece) => (
          <Fragment key={piece.key}>
            {renderPiece(piece, <OutputPieceView piece={piece} isStreaming isAlone={pieces.length === 1} />)}
          </Fragment>
        ))}
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'task-progress-partial-output',
      state,
      props,
      ref,
      own: {
        role: 'group',
        'aria-label': labels.partialOutput,
        'aria-busy': true,
        'data-streaming': '',
        'data-count': pieces.length,
        children,
        ...attributesOf(state),
      },
    })
  },
)

const showPiece: RenderPiece = (_, element) => element

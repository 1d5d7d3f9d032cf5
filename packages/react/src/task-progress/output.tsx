import { describeOutput } from '@taskstream/core'
import { Fragment, useMemo } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { OutputPieceView, type RenderPiece } from './output-piece-view.tsx'

/** Props of `Output`. */
export interface OutputProps extends PartProps<'div', TaskProgressState> {
  /** Shows a piece in place of ours. */
  readonly renderPiece?: RenderPiece
}

/** The result as what it is: images, videos, sounds, files, texts and anything else. Nothing before the task completed. */
export const Output: Part<OutputProps, HTMLDivElement> = definePart(
  'TaskProgress.Output',
  ({ renderPiece = showPiece, ...props }, ref) => {
    const context = useTaskProgress('Output')
    const { task, labels } = context
    const pieces = useMemo(() => describeOutput(task.output), [task.output])
    if (!task.isSuccess) return null
    const state = stateOf(context)
    const children =
      pieces.length === 0 ? (
        <p data-slot="task-progress-output-empty">{labels.outputEmpty}</p>
      ) : (
        pieces.map((piece) => (
          <Fragment key={piece.key}>
            {renderPiece(
              piece,
              <OutputPieceView piece={piece} isStreaming={false} isAlone={pieces.length === 1} />,
            )}
          </Fragment>
        ))
      )
    return renderElement({
      tag: 'div',
      slot: 'task-progress-output',
      state,
      props,
      ref,
      own: {
        role: 'group',
        'aria-label': labels.output,
        'data-count': pieces.length,
        children,
        ...attributesOf(state),
      },
    })
  },
)

const showPiece: RenderPiece = (_, element) => element

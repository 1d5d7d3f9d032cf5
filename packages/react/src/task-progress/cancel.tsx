import { StreamError } from '@taskstream/core'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { errorText } from './failure-text.ts'
import { usePassing } from './use-passing.ts'

/** Props of `Cancel`. */
export type CancelProps = PartProps<'button', TaskProgressState>

const refusalShownMs = 8000

/**
 * Stops the work on the server, without asking twice; not there when there is nothing to stop. When the server refuses,
 * its reason stands beside the button for eight seconds.
 */
export const Cancel: Part<CancelProps, HTMLButtonElement> = definePart(
  'TaskProgress.Cancel',
  (props, ref) => {
    const context = useTaskProgress('Cancel')
    const { task, labels } = context
    const state = stateOf(context)
    const [refusal, setRefusal] = usePassing<string>(refusalShownMs)
    if (!task.isActive) return null
    const isCancelling = task.status === 'cancelling'
    const cancel = (): void => {
      if (isCancelling) return
      setRefusal(null)
      task.cancel().catch((thrown: unknown) => setRefusal(errorText(StreamError.from(thrown))))
    }
    const button = renderElement({
      tag: 'button',
      slot: 'task-progress-cancel',
      state,
      props,
      ref,
      own: {
        type: 'button',
        // Why not `disabled`: that would take the keyboard away from whoever pressed it.
        'aria-disabled': isCancelling ? true : undefined,
        onClick: cancel,
        children: isCancelling ? labels.cancelling : labels.cancel,
        ...attributesOf(state),
      },
    })
    return (
      <>
        {button}
        {refusal !== null && (
          <span data-slot="task-progress-cancel-refused" role="alert">
            {labels.cancelRefused(refusal)}
          </span>
        )}
      </>
    )
  },
)

import { useRef, type PointerEvent, type ReactElement } from 'react'
import { definePart, joinRefs, renderElement, type Part, type PartProps } from '../element.tsx'
import { useLive } from '../use-live.ts'
import { sendBlock, type Draft } from './composer-store.ts'
import { useAgentChat } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { isBusy, useChatStatus } from './use-chat-state.ts'
import { useHandFocus } from './use-hand-focus.ts'

/** What `Send` gives to `className`, `style` and `render` functions. */
export interface SendState {
  /** Why it does nothing now; `null` where it sends. */
  readonly block: 'empty' | 'files' | 'disabled' | null
  /** Whether it waits for the files, and sends then. */
  readonly isArmed: boolean
  /** Whether a turn is under way, so that what is sent waits for its end. */
  readonly isQueueing: boolean
}

/** Props of `Send`. */
export type SendProps = PartProps<'button', SendState>

/** Sends what is written. While a turn is under way it is there only when there is something to send: `Stop` is, then. */
export const Send: Part<SendProps, HTMLButtonElement> = definePart('AgentChat.Send', (props, ref) => {
  const { composer, disabledReason } = useAgentChat('Send')
  const isQueueing = isBusy(useChatStatus())
  const drafted = useLive(composer.store, sendBlock)
  const isArmed = useLive(composer.store, selectIsArmed)
  const block = disabledReason === null ? drafted : 'disabled'
  if (isQueueing && block === 'empty') return null
  const state: SendState = { block, isArmed, isQueueing }
  return <SendButton {...props} ref={ref} state={state} />
})

const SendButton: Part<SendProps & { readonly state: SendState }, HTMLButtonElement> = definePart(
  'AgentChat.SendButton',
  ({ state, ...props }, ref) => {
    const { composer, labels, ids, disabledReason } = useAgentChat('Send')
    const button = useRef<HTMLButtonElement>(null)
    useHandFocus(button, () => document.getElementById(ids.input))
    const { block, isArmed, isQueueing } = state
    const reasons = {
      empty: labels.sendBlockedEmpty,
      files: labels.sendBlockedFiles,
      disabled: disabledReason,
    }
    const reason = isArmed ? labels.sendWhenUploaded : block === null ? null : reasons[block]
    const label = isQueueing ? labels.sendQueued : labels.send
    const children: ReactElement = (
      <>
        <ChatIcon name={isArmed ? 'spinner' : 'send'} />
        <span data-slot="agent-chat-hidden">{label}</span>
      </>
    )
    return renderElement({
      tag: 'button',
      slot: 'agent-chat-send',
      state,
      props,
      ref: joinRefs(button, ref),
      own: {
        type: 'submit',
        // Not `disabled`: the keyboard would lose its place, and nobody could read why.
        'aria-disabled': block !== null || undefined,
        'aria-description': reason ?? undefined,
        title: reason ?? label,
        'data-armed': isArmed ? '' : undefined,
        // The field keeps the focus, and a phone its keyboard.
        onPointerDown: (event: PointerEvent) => event.preventDefault(),
        onClick: (event: { preventDefault: () => void }) => {
          if (!isArmed) return
          event.preventDefault()
          composer.disarm()
        },
        children,
      },
    })
  },
)

function selectIsArmed({ isArmed }: Draft): boolean {
  return isArmed
}

import type { ChatView } from '@taskstream/core'
import { useRef } from 'react'
import { definePart, joinRefs, renderElement, type Part, type PartProps } from '../element.tsx'
import { useAgentChat } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { stopTurn } from './stop-turn.ts'
import { isBusy, useChatState, useChatStatus } from './use-chat-state.ts'
import { useHandFocus } from './use-hand-focus.ts'

/** What `Stop` gives to `className`, `style` and `render` functions. */
export interface StopState {
  /** Whether it was asked for, and the end is awaited. */
  readonly isStopping: boolean
}

/** Props of `Stop`. */
export type StopProps = PartProps<'button', StopState>

/** Stops the turn that is under way. Not there otherwise; the keyboard goes to the input when it leaves. */
export const Stop: Part<StopProps, HTMLButtonElement> = definePart('AgentChat.Stop', (props, ref) => {
  const status = useChatStatus()
  return isBusy(status) ? <StopButton {...props} ref={ref} /> : null
})

const StopButton: Part<StopProps, HTMLButtonElement> = definePart('AgentChat.StopButton', (props, ref) => {
  const { chat, composer, labels, ids } = useAgentChat('Stop')
  const isStopping = useChatState(selectIsStopping)
  const button = useRef<HTMLButtonElement>(null)
  useHandFocus(button, () => document.getElementById(ids.input))
  const label = isStopping ? labels.stopping : labels.stop
  return renderElement({
    tag: 'button',
    slot: 'agent-chat-stop',
    state: { isStopping },
    props,
    ref: joinRefs(button, ref),
    own: {
      type: 'button',
      title: label,
      'aria-disabled': isStopping || undefined,
      onClick: () => stopTurn(chat, composer),
      children: (
        <>
          <ChatIcon name={isStopping ? 'spinner' : 'stop'} />
          <span data-slot="agent-chat-hidden">{label}</span>
        </>
      ),
    },
  })
})

function selectIsStopping({ agent }: ChatView): boolean {
  return agent.isStopRequested
}

import type { ChatView, Interrupt } from '@taskstream/core'
import type { ReactElement } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { isSameList } from '../use-same.ts'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { CommandError } from './command-error.tsx'
import { ChatIcon } from './icon.tsx'
import { JsonValue } from './json-value.tsx'
import { useChatState, usePartState } from './use-chat-state.ts'
import { useCommand } from './use-command.ts'

/** Props of `Interrupts`. */
export type InterruptsProps = PartProps<'div', AgentChatState>

/** What waits for a decision that is about no tool call, such as the gate of a hook. Nothing where nothing does. */
export const Interrupts: Part<InterruptsProps, HTMLDivElement> = definePart(
  'AgentChat.Interrupts',
  (props, ref) => {
    const state = usePartState()
    const interrupts = useChatState(selectGates, isSameList)
    if (interrupts.length === 0) return null
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-interrupts',
      state,
      props,
      ref,
      own: {
        children: interrupts.map((interrupt) => <Gate key={interrupt.id} interrupt={interrupt} />),
        ...attributesOf(state),
      },
    })
  },
)

function Gate({ interrupt }: { readonly interrupt: Interrupt }): ReactElement {
  const { chat, labels } = useAgentChat('Interrupts')
  const { isPending, isDone, error, run } = useCommand()
  const { id, reason, meta } = interrupt
  const isClosed = isPending || isDone
  const title =
    reason === 'hook_gate' || reason === 'confirmation' || reason === 'auth'
      ? labels.gateTitle[reason]
      : labels.gateTitle.other
  const resolve = (decision: 'allow' | 'deny'): void => {
    if (!isClosed) run(() => chat.resolveInterrupt(id, decision))
  }
  return (
    <div data-slot="agent-chat-gate" role="group" aria-label={title}>
      <p data-slot="agent-chat-approval-title">{title}</p>
      {meta !== null && Object.keys(meta).length > 0 && <JsonValue value={meta} />}
      {reason !== 'auth' && (
        <div data-slot="agent-chat-buttons">
          <button
            type="button"
            data-slot="agent-chat-button"
            data-look="primary"
            aria-disabled={isClosed || undefined}
            onClick={() => resolve('allow')}
          >
            {isPending && <ChatIcon name="spinner" />}
            {labels.allow}
          </button>
          <button
            type="button"
            data-slot="agent-chat-button"
            aria-disabled={isClosed || undefined}
            onClick={() => resolve('deny')}
          >
            {labels.deny}
          </button>
          {isDone && <span data-slot="agent-chat-quiet">{labels.answered}</span>}
        </div>
      )}
      <CommandError error={error} />
    </div>
  )
}

/** What is about a tool call is asked there. */
function selectGates({ agent }: ChatView): readonly Interrupt[] {
  const open = agent.interrupts.filter(
    ({ status, reason }) => status === 'pending' && !callReasons.has(reason),
  )
  if (open.length === 0) return open
  const calls = new Set(agent.messages.flatMap(({ fact }) => fact?.invocations.map(({ id }) => id) ?? []))
  return open.filter(({ resourceId }) => resourceId === null || !calls.has(resourceId))
}

const callReasons: ReadonlySet<Interrupt['reason']> = new Set(['tool_approval', 'client_tool', 'widget'])

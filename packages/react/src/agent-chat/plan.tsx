import type { ChatView, PlanStep } from '@taskstream/core'
import { useId, useState } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { ChatIcon, type ChatIconName } from './icon.tsx'
import { useChatState, usePartState } from './use-chat-state.ts'

/** Props of `Plan`. */
export interface PlanProps extends PartProps<'div', AgentChatState> {
  /** Whether the steps are unfolded at first; default `false`. */
  readonly defaultOpen?: boolean
}

const icons: Readonly<Record<PlanStep['status'], ChatIconName>> = {
  pending: 'waiting',
  in_progress: 'spinner',
  completed: 'check',
  cancelled: 'stopped',
  unknown: 'waiting',
}

/** The plan of the agent: the step that goes on in one line, all of them when it is unfolded. Nothing without one. */
export const Plan: Part<PlanProps, HTMLDivElement> = definePart(
  'AgentChat.Plan',
  ({ defaultOpen = false, ...props }, ref) => {
    const { labels, locale } = useAgentChat('Plan')
    const state = usePartState()
    const steps = useChatState(selectPlan)
    const [isOpen, setOpen] = useState(defaultOpen)
    const id = useId()
    if (steps.length === 0) return null
    const number = new Intl.NumberFormat(locale)
    const done = steps.filter(({ status }) => status === 'completed').length
    const current = steps.find(({ status }) => status === 'in_progress')
    const children = (
      <>
        <button
          type="button"
          data-slot="agent-chat-plan-toggle"
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <ChatIcon name="plan" />
          <span data-slot="agent-chat-plan-title">{labels.plan}</span>
          <span data-slot="agent-chat-plan-current" dir="auto">
            {!isOpen && current?.title}
          </span>
          <span data-slot="agent-chat-quiet">
            {labels.planDone(number.format(done), number.format(steps.length))}
          </span>
          <ChatIcon name="chevron" />
        </button>
        {isOpen && (
          <ol id={id} data-slot="agent-chat-plan-steps" role="list">
            {steps.map(({ index, title, description, status }) => (
              <li key={index} data-slot="agent-chat-plan-step" data-status={status}>
                <ChatIcon name={icons[status]} />
                <span dir="auto">
                  {title}
                  {description !== '' && <span data-slot="agent-chat-quiet">{description}</span>}
                  <span data-slot="agent-chat-hidden">{labels.planStatus[status]}</span>
                </span>
              </li>
            ))}
          </ol>
        )}
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-plan',
      state,
      props,
      ref,
      own: { children, 'data-open': isOpen ? '' : undefined, ...attributesOf(state) },
    })
  },
)

function selectPlan({ agent }: ChatView): readonly PlanStep[] {
  return agent.plan
}

import type { ToolCall } from '@taskstream/core'
import { useId, useState, type ReactElement } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { AlwaysAllow } from './always-allow.tsx'
import { useAgentChat } from './context.tsx'
import { CommandError } from './command-error.tsx'
import { ChatIcon } from './icon.tsx'
import { isComposing } from './keys.ts'
import { ToolArguments } from './tool-content.tsx'
import { toolName } from './tool-words.ts'
import { useCommand } from './use-command.ts'

/** What `Approval` gives to `className`, `style` and `render` functions. */
export interface ApprovalState {
  readonly isPending: boolean
  readonly isDone: boolean
}

/** Props of `Approval`. */
export interface ApprovalProps extends PartProps<'div', ApprovalState> {
  readonly call: ToolCall
}

/**
 * Asks whether a tool may run: what it is and with which arguments, to be approved, rejected with or without a reason, or
 * allowed for good. It is answered once; a refusal of the server stands below in its own words. Nothing for a call that
 * waits for no approval.
 */
export const Approval: Part<ApprovalProps, HTMLDivElement> = definePart(
  'AgentChat.Approval',
  ({ call, ...props }, ref) => {
    const { chat, labels } = useAgentChat('Approval')
    const [menu, setMenu] = useState<'reason' | 'always' | null>(null)
    const [reason, setReason] = useState('')
    const { isPending, isDone, error, run } = useCommand()
    const id = useId()
    if (call.status !== 'awaiting_approval') return null
    const isClosed = isPending || isDone
    const respond = (response: Parameters<typeof chat.respondToApproval>[1]): void => {
      if (!isClosed) run(() => chat.respondToApproval(call.id, response))
    }
    const reject = (): void => {
      const said = menu === 'reason' ? reason.trim() : ''
      respond(said === '' ? { decision: 'reject' } : { decision: 'reject', reason: said })
    }
    const toggle = (name: 'reason' | 'always'): ReactElement => (
      <button
        type="button"
        data-slot="agent-chat-button"
        data-look="quiet"
        aria-expanded={menu === name}
        aria-controls={menu === name ? `${id}${name}` : undefined}
        aria-disabled={isClosed || undefined}
        onClick={() => {
          if (!isClosed) setMenu(menu === name ? null : name)
        }}
      >
        {name === 'reason' ? labels.addReason : labels.alwaysAllowMenu}
      </button>
    )
    const children = (
      <>
        <p id={id} data-slot="agent-chat-approval-title">
          {labels.approvalTitle(toolName(call))}
        </p>
        <ToolArguments call={call} />
        {menu === 'reason' && (
          <input
            id={`${id}reason`}
            data-slot="agent-chat-field"
            type="text"
            autoComplete="off"
            aria-label={labels.reason}
            placeholder={labels.reason}
            value={reason}
            disabled={isClosed}
            onChange={(event) => setReason(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && !isComposing(event)) reject()
            }}
          />
        )}
        {menu === 'always' && !isDone && (
          <div id={`${id}always`}>
            <AlwaysAllow
              callId={call.id}
              isClosed={isClosed}
              onChoose={(option) =>
                respond(option === null ? { decision: 'always' } : { decision: 'always', option })
              }
            />
          </div>
        )}
        <div data-slot="agent-chat-buttons">
          <button
            type="button"
            data-slot="agent-chat-button"
            data-look="primary"
            aria-disabled={isClosed || undefined}
            onClick={() => respond({ decision: 'approve' })}
          >
            {isPending && <ChatIcon name="spinner" />}
            {labels.approve}
          </button>
          <button
            type="button"
            data-slot="agent-chat-button"
            aria-disabled={isClosed || undefined}
            onClick={reject}
          >
            {labels.reject}
          </button>
          {toggle('always')}
          {toggle('reason')}
          {isDone && <span data-slot="agent-chat-quiet">{labels.answered}</span>}
        </div>
        <CommandError error={error} />
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-approval',
      state: { isPending, isDone },
      props,
      ref,
      own: {
        role: 'group',
        'aria-labelledby': id,
        'aria-busy': isPending || undefined,
        'data-pending': isPending ? '' : undefined,
        children,
      },
    })
  },
)

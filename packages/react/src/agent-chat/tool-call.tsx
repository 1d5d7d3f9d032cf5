import type { ToolCall as ChatToolCall } from '@taskstream/core'
import { memo, useCallback, useId, useState, type ReactElement, type ReactNode } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { Approval } from './approval.tsx'
import { useAgentChat } from './context.tsx'
import { Elicitation } from './elicitation.tsx'
import { readInputRequests } from './elicitation-fields.ts'
import { ChatIcon } from './icon.tsx'
import { JsonValue } from './json-value.tsx'
import { ToolArguments, ToolFailure, ToolProgress, ToolResult } from './tool-content.tsx'
import { peekArguments, toolIcons, toolName, toolStatusIcons, toolStatusWords } from './tool-words.ts'

/** What `ToolCall` gives to `className`, `style` and `render` functions. */
export interface ToolCallState {
  readonly status: ChatToolCall['status']
  readonly kind: ChatToolCall['kind']
  readonly isOpen: boolean
}

/** Props of `ToolCall`. */
export interface ToolCallProps extends PartProps<'div', ToolCallState> {
  readonly call: ChatToolCall
  /** Whether arguments and result are unfolded at first; default `false`. */
  readonly defaultOpen?: boolean
}

/**
 * A tool call: what is called, where it stands, and with a click its arguments and its result. What waits for a person is
 * never folded. A component of `toolRenderers` with its name stands in place of it, above the question whether it may run.
 */
export const ToolCall: Part<ToolCallProps, HTMLDivElement> = definePart(
  'AgentChat.ToolCall',
  ({ call, defaultOpen = false, ...props }, ref) => {
    const { toolRenderers } = useAgentChat('ToolCall')
    const [isOpen, setOpen] = useState(defaultOpen)
    const { status, kind } = call
    const Renderer = Object.hasOwn(toolRenderers, call.name) ? toolRenderers[call.name] : undefined
    const children =
      Renderer === undefined ? (
        <ToolCard call={call} isOpen={isOpen} setOpen={setOpen} />
      ) : (
        <Rendered call={call} renderer={Renderer} />
      )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-tool',
      state: { status, kind, isOpen },
      props,
      ref,
      own: {
        children,
        'data-status': status,
        'data-kind': kind,
        'data-name': call.name,
        'data-open': isOpen ? '' : undefined,
        'data-custom': Renderer === undefined ? undefined : '',
      },
    })
  },
)

interface ToolCardProps {
  readonly call: ChatToolCall
  readonly isOpen: boolean
  readonly setOpen: (isOpen: boolean) => void
}

const ToolCard: (props: ToolCardProps) => ReactNode = memo(function ToolCard({
  call,
  isOpen,
  setOpen,
}: ToolCardProps) {
  const { labels } = useAgentChat('ToolCall')
  const id = useId()
  const { status } = call
  const isAsked = status === 'awaiting_approval'
  const peek = peekArguments(call.args)
  return (
    <>
      <button
        type="button"
        data-slot="agent-chat-tool-toggle"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <ChatIcon name={toolIcons[call.kind]} />
        <bdi data-slot="agent-chat-tool-name" title={labels.toolKind[call.kind]}>
          {toolName(call)}
        </bdi>
        <span data-slot="agent-chat-tool-peek" dir="auto">
          {!isAsked && !isOpen && peek}
        </span>
        <span data-slot="agent-chat-tool-status">
          <ChatIcon name={toolStatusIcons[status]} />
          <span data-slot="agent-chat-tool-status-text">{toolStatusWords(call, labels)}</span>
        </span>
        <ChatIcon name="chevron" />
      </button>
      <ToolProgress call={call} />
      <ToolFailure call={call} />
      {isOpen && (
        <div id={id} data-slot="agent-chat-tool-body">
          {!isAsked && <ToolArguments call={call} />}
          <ToolResult call={call} />
        </div>
      )}
      {/* Another call may come to stand here, which nobody has answered. */}
      {isAsked && <Approval key={call.id} call={call} />}
      <ToolQuestion call={call} />
    </>
  )
})

/** What a call asks of a person beside its approval; what we cannot ask stands here as JSON. */
function ToolQuestion({ call }: { readonly call: ChatToolCall }): ReactElement | null {
  const { chat, labels } = useAgentChat('ToolCall')
  const { status, kind, local, name } = call
  const isAsked = status === 'awaiting_input' || (kind === 'client' && status === 'in_progress')
  // A tool of this browser asks nobody, unless this browser does not have it.
  if (!isAsked || (kind === 'client' && (local !== null || chat.hasTool(name)))) return null
  const requests = readInputRequests(call.data)
  const round = call.data?.['round']
  if (requests !== null) {
    // Another round asks anew.
    return (
      <Elicitation
        key={`${call.id} ${typeof round === 'number' ? round : 1}`}
        call={call}
        requests={requests}
      />
    )
  }
  const asked = call.widget ?? call.data
  return (
    <div data-slot="agent-chat-tool-elsewhere">
      <p>{labels.answerElsewhere}</p>
      {asked !== null && (
        <details>
          <summary data-slot="agent-chat-note-summary">
            <ChatIcon name="chevron" />
            JSON
          </summary>
          <JsonValue value={asked} />
        </details>
      )}
    </div>
  )
}

interface RenderedProps {
  readonly call: ChatToolCall
  readonly renderer: NonNullable<ReturnType<typeof useAgentChat>['toolRenderers'][string]>
}

function Rendered({ call, renderer: Renderer }: RenderedProps): ReactElement {
  const { chat } = useAgentChat('ToolCall')
  const { id } = call
  const submit = useCallback((result: unknown) => chat.submitToolResult(id, result), [chat, id])
  return (
    <>
      <Renderer call={call} submit={submit} chat={chat} />
      {call.status === 'awaiting_approval' && <Approval key={id} call={call} />}
    </>
  )
}

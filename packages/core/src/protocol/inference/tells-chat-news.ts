import type { Frame } from '../../wire/frame.ts'
import type {
  AgentEvent,
  AgentRunFields,
  ChatFields,
  ContentPart,
  Interrupt,
  MessageFields,
  ToolInvocation,
} from '../agent-event.ts'
import { createChatDecoder } from './decode-chat.ts'
import { withoutQueries } from './without-queries.ts'

/**
 * Whether the second of two answers says more of the chat than the first one: what it does, its run, its plan, what waits
 * for an answer, its messages with their content and their calls. Not what may differ between two answers about the same:
 * times, the queries of addresses, and whatever belongs to the answer rather than to the chat. An answer that cannot be
 * read says nothing.
 */
export function tellsChatNews(before: Frame, after: Frame): boolean {
  const [known, told] = [wordsOf(before), wordsOf(after)]
  return known !== null && told !== null && known !== told
}

/** What a stream would have told, as a text to compare; `null` where the answer cannot be read. */
function wordsOf(frame: Frame): string | null {
  try {
    // Why without an id: the answer itself says which chat it is about.
    const events = createChatDecoder('')(frame).map(({ event }) => event)
    return events.some(({ type }) => type === 'frame-skipped') ? null : JSON.stringify(events.map(tell))
  } catch {
    return null
  }
}

/** An answer holds a chat, its run and its messages, and nothing else. */
function tell(event: AgentEvent): unknown {
  if (event.type === 'chat-fields') return tellChat(event.fields)
  if (event.type === 'run-fields') return [event.id, ...tellRun(event.fields)]
  if (event.type !== 'messages-page') return null
  return event.messages.map(({ id, fields }) => [id, ...tellMessage(fields)])
}

function tellChat(chat: ChatFields): readonly unknown[] {
  const { activity, activeRunId, name, description, output, interrupts = [], plan } = chat
  const waiting = interrupts.map(tellInterrupt)
  return [activity, activeRunId, name, description, (output ?? null) !== null, waiting, plan]
}

function tellRun(run: AgentRunFields): readonly unknown[] {
  const { status, error, output, interruptReason, interruptToolId } = run
  return [status, error, (output ?? null) !== null, interruptReason, interruptToolId]
}

function tellInterrupt({ id, reason, status, resourceId }: Interrupt): readonly unknown[] {
  return [id, reason, status, resourceId]
}

function tellMessage({
  role,
  status,
  order,
  content = [],
  invocations = [],
}: MessageFields): readonly unknown[] {
  return [role, status, order, content.map(tellPart), invocations.map(tellInvocation)]
}

/** A text is compared as it is, also one that begins with an address. */
function tellPart(part: ContentPart): unknown {
  return part.type === 'text' || part.type === 'reasoning' ? part : withoutQueries(part)
}

function tellInvocation({ id, status, args, result, data, widget }: ToolInvocation): readonly unknown[] {
  return [id, status, withoutQueries(args), result, withoutQueries(data), withoutQueries(widget)]
}

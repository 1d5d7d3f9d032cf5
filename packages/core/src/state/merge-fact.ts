import type { ContentPart, MessageFields } from '../protocol/agent-event.ts'
import { isMessageOver } from './agent-ends.ts'
import type { MessageFact, MessageForecast, MessageState } from './agent.ts'
import { byPlace, keepItems } from './keep-items.ts'
import { mergeInvocations } from './merge-invocations.ts'
import { leadOf, storedText } from './message-text.ts'
import { patch } from './patch.ts'

/** What is stored of a message before the server has said anything. */
const emptyFact: MessageFact = {
  order: null,
  role: 'unknown',
  status: 'unknown',
  content: [],
  invocations: [],
  toolCallId: null,
  runId: null,
  taskId: null,
  createdAt: null,
  updatedAtUs: null,
}

/**
 * The message after the server has told named fields of it, or all of it (`full`). Facts replace; the same reference where
 * they say nothing new (L4), are stale, or come after the end (L7). What ends a message ends its forecast.
 */
export function mergeFact(
  message: MessageState,
  said: MessageFields,
  full: boolean,
  nowMs: number,
): MessageState {
  const held = message.fact
  if (held === null && !full) return message
  const fields = held === null ? said : admitted(message, held, said, full)
  if (fields === null) return message
  const fact = factAfter(held ?? emptyFact, fields, fields !== said)
  const at = fields.updatedAtUs ?? null
  const isOver = isMessageOver(fact.status)
  const stoppedThinking = isOver || fact.invocations.length > 0 || fact.content.some(isAfterThinking)
  return patch(message, {
    fact: held === null ? { ...fact } : fact,
    forecast: forecastAfter(message, fact, fields),
    outgoing: held === null ? null : message.outgoing,
    thinkingUntil:
      message.thinkingUntil ?? (message.thinkingSince !== null && stoppedThinking ? nowMs : null),
    snapshotAtUs: full && at !== null ? Math.max(at, message.snapshotAtUs ?? at) : message.snapshotAtUs,
  })
}

/** What of `said` may be applied to what is held; `null` for nothing. */
function admitted(
  message: MessageState,
  held: MessageFact,
  said: MessageFields,
  full: boolean,
): MessageFields | null {
  const at = said.updatedAtUs ?? null
  const covered = full ? (held.updatedAtUs ?? message.snapshotAtUs) : message.snapshotAtUs
  const wasOver = isMessageOver(held.status)
  const isOver = said.status !== undefined && isMessageOver(said.status)
  // The last word is never stale: were it dropped, nothing would follow.
  if (isOver && !wasOver) return said
  if (at !== null && covered !== null && at < covered) return null
  // After the end only the calls go on.
  if (wasOver && said.status !== undefined && said.status !== held.status)
    return said.invocations === undefined ? null : { invocations: said.invocations }
  if (isOver || said.content === undefined) return said
  if (at !== null && held.updatedAtUs !== null && at > held.updatedAtUs) return said
  if (!isBehind(said, held)) return said
  const { content: _, ...rest } = said
  return full ? null : rest
}

/** Whether what is said is an earlier stage of what is held, as far as that can be told without times. */
function isBehind({ content = [], invocations }: MessageFields, held: MessageFact): boolean {
  const ids = new Set(held.invocations.map(({ id }) => id))
  if (invocations?.some(({ id }) => !ids.has(id)) === true) return false
  let isShorter = invocations !== undefined && invocations.length < held.invocations.length
  for (const kind of ['text', 'reasoning', 'tool-call'] as const) {
    const [said, known] = [storedText(content, kind), storedText(held.content, kind)]
    if (!known.startsWith(said)) return false
    isShorter ||= said.length < known.length
  }
  return isShorter
}

function factAfter(held: MessageFact, said: MessageFields, isLate: boolean): MessageFact {
  const at = said.updatedAtUs ?? null
  const content = said.content === undefined ? held.content : keepItems(held.content, said.content, byPlace)
  // Content that came without a time is newer than what is known of times.
  const knownAt = at === null && content !== held.content ? null : held.updatedAtUs
  return patch(held, {
    order: said.order === undefined ? held.order : said.order,
    role: said.role ?? held.role,
    status: said.status ?? held.status,
    content,
    invocations:
      said.invocations === undefined
        ? held.invocations
        : mergeInvocations(held.invocations, said.invocations, isLate),
    toolCallId: said.toolCallId === undefined ? held.toolCallId : said.toolCallId,
    runId: said.runId === undefined ? held.runId : said.runId,
    taskId: said.taskId === undefined ? held.taskId : said.taskId,
    createdAt: said.createdAt === undefined ? held.createdAt : said.createdAt,
    updatedAtUs: at === null ? knownAt : Math.max(at, held.updatedAtUs ?? at),
  })
}

function isAfterThinking(part: ContentPart): boolean {
  return part.type === 'tool-call' || (part.type === 'text' && part.text !== '')
}

/**
 * The forecast beside a new fact. An end that does not name the content says that the forecast is all there is to know of
 * it: then it stays, and grows no more, until the content is told.
 */
function forecastAfter(
  { fact: held, forecast }: MessageState,
  fact: MessageFact,
  said: MessageFields,
): MessageForecast | null {
  if (forecast === null) return null
  const isOver = isMessageOver(fact.status)
  if (isOver && said.content !== undefined) return null
  const keepsCalls = !isOver || (fact.status === 'ready' && said.invocations === undefined)
  const next = patch(forecast, {
    whole: forecast.whole && !isOver,
    calls: keepsCalls || forecast.calls.length === 0 ? forecast.calls : [],
  })
  if (fact.content === held?.content) return next
  return patch(next, {
    textLead: leadOf(storedText(fact.content, 'text'), forecast.text),
    reasoningLead: leadOf(storedText(fact.content, 'reasoning'), forecast.reasoning),
  })
}

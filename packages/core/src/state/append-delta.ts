import type { MessageDelta, ToolCallDelta } from '../protocol/agent-event.ts'
import { isMessageOver } from './agent-ends.ts'
import type { ForecastCall, ForecastLead, MessageForecast, MessageState } from './agent.ts'
import { keepIfSame } from './keep-if-same.ts'
import { leadOf, storedText } from './message-text.ts'
import { patch } from './patch.ts'

const emptyForecast: MessageForecast = {
  text: '',
  reasoning: '',
  calls: [],
  usage: null,
  lastSeq: null,
  whole: true,
  textLead: 'behind',
  reasoningLead: 'behind',
}

/**
 * The message after a piece of what is about to be stored. A number that was seen is ignored; a hole, or a first number
 * above 1, stops the forecast for good (L5); after the end of the message nothing is appended (L7).
 *
 * Costs as much as the piece is long, whatever the text before it.
 */
export function appendDelta(
  message: MessageState,
  seq: number | null,
  delta: MessageDelta,
  nowMs: number,
): MessageState {
  const held = message.forecast ?? emptyForecast
  if (!held.whole || (message.fact !== null && isMessageOver(message.fact.status))) return message
  if (seq !== null && held.lastSeq !== null && seq <= held.lastSeq) return message
  const isNext = seq === null || (held.lastSeq === null ? seq <= 1 : seq === held.lastSeq + 1)
  if (!isNext) return { ...message, forecast: { ...held, lastSeq: seq, whole: false } }
  const text = held.text + delta.text
  const reasoning = held.reasoning + delta.reasoning
  return patch(message, {
    forecast: patch(held, {
      text,
      reasoning,
      calls: delta.toolCalls.reduce(appendCall, held.calls),
      usage: delta.usage === null ? held.usage : keepIfSame(held.usage, delta.usage),
      lastSeq: seq ?? held.lastSeq,
      textLead: nextLead(message, held.textLead, 'text', text),
      reasoningLead: nextLead(message, held.reasoningLead, 'reasoning', reasoning),
    }),
    ...thinkingAfter(message, delta, nowMs),
  })
}

/** A new connection: of pieces that are not numbered, some may have been missed meanwhile. */
export function doubtForecast(message: MessageState): MessageState {
  const { forecast } = message
  return forecast !== null && forecast.whole && forecast.lastSeq === null
    ? { ...message, forecast: { ...forecast, whole: false } }
    : message
}

/** Appending changes the lead only where the forecast overtakes the fact. */
function nextLead(
  { fact }: MessageState,
  lead: ForecastLead,
  kind: 'text' | 'reasoning',
  ahead: string,
): ForecastLead {
  return lead === 'behind' && ahead !== '' ? leadOf(storedText(fact?.content ?? [], kind), ahead) : lead
}

function appendCall(calls: readonly ForecastCall[], piece: ToolCallDelta): readonly ForecastCall[] {
  const known = calls.find(({ index }) => index === piece.index)
  const held = known ?? { index: piece.index, callId: null, name: null, argsText: '' }
  const next = patch(held, {
    callId: piece.callId ?? held.callId,
    name: piece.name ?? held.name,
    argsText: held.argsText + piece.argsText,
  })
  if (known === undefined) return [...calls, next].sort((a, b) => a.index - b.index)
  return next === known ? calls : calls.map((call) => (call === known ? next : call))
}

function thinkingAfter(
  { fact, thinkingSince, thinkingUntil }: MessageState,
  delta: MessageDelta,
  nowMs: number,
): Pick<MessageState, 'thinkingSince' | 'thinkingUntil'> {
  // Thoughts that were stored before began unseen.
  const begins =
    thinkingSince === null && delta.reasoning !== '' && storedText(fact?.content ?? [], 'reasoning') === ''
  const since = begins ? nowMs : thinkingSince
  const ends = thinkingUntil === null && since !== null && (delta.text !== '' || delta.toolCalls.length > 0)
  return { thinkingSince: since, thinkingUntil: ends ? nowMs : thinkingUntil }
}

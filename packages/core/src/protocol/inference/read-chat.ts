import type { AgentEvent, ChatActivity, ChatFields, PlanStep } from '../agent-event.ts'
import {
  isRecord,
  readList,
  readNumber,
  readRecord,
  readRecords,
  readString,
  readText,
  readValue,
  type JsonRecord,
} from '../json.ts'
import type { ChatWire } from './agent-wire-types.ts'
import { readJsonRecord } from './json-text.ts'
import { namedKeys } from './named-keys.ts'
import { readInterrupt } from './read-interrupt.ts'
import { readRunEvents } from './read-run.ts'
import { readTimeUs } from './read-time.ts'
import { readWord } from './read-word.ts'

type Draft = { -readonly [Key in keyof ChatFields]: ChatFields[Key] }

/** How a message that holds a chat is to be taken. */
export interface ChatReading {
  /** The keys that changed, or `null` for those that it holds (P§4.5). */
  readonly named: ReadonlySet<string> | null
  /** Whether it was asked for: then a run or an interrupt of which it says nothing is not there. */
  readonly isResource: boolean
}

const activities: readonly ChatActivity[] = ['idle', 'busy', 'awaiting_input', 'completed']
const stepStatuses: readonly PlanStep['status'][] = ['pending', 'in_progress', 'completed', 'cancelled']

/**
 * Reads a chat, or the named keys of it, as events (P§5.3): the run that is under way, then the chat, so that it names
 * no run that is not known. Messages inside of it are read elsewhere.
 */
export function readChatEvents(data: JsonRecord, reading: ChatReading): readonly AgentEvent[] {
  const fields = readChatFields(data, reading)
  const full = reading.named === null
  const run = reading.named?.has('active_run') === false ? null : readRecord(data, 'active_run')
  const events: AgentEvent[] = run === null ? [] : [...readRunEvents(run, null)]
  if (full || Object.keys(fields).some((key) => key !== 'id'))
    events.push({ type: 'chat-fields', full, fields })
  return events
}

function readChatFields(data: JsonRecord, { named, isResource }: ChatReading): ChatFields {
  const { says, saysList } = namedKeys<keyof ChatWire>(data, named)
  const fields: Draft = {}
  const id = readText(data, 'id')
  const activity = says('status') ? readWord(readValue(data, 'status'), activities) : null

  if (id !== null) fields.id = id
  if (activity !== null) fields.activity = activity
  if (says('name')) fields.name = readText(data, 'name')
  if (says('description')) fields.description = readText(data, 'description')
  if (says('output')) fields.output = readValue(data, 'output')
  if (says('active_run') || isResource) readActiveRunInto(fields, data)
  if (saysList('pending_interrupts') || isResource) {
    fields.interrupts = readRecords(data, 'pending_interrupts').flatMap((row) => readInterrupt(row) ?? [])
  }
  if (says('agent_data')) readPlanInto(fields, data, named !== null)
  if (says('agent_id')) fields.agentId = readText(data, 'agent_id')
  if (says('parent_id')) fields.parentId = readText(data, 'parent_id')
  if (saysList('children')) fields.childIds = readIds(data, 'children')
  if (says('updated_at')) fields.updatedAtUs = readTimeUs(readValue(data, 'updated_at'))
  return fields
}

/** A run without an id is under way all the same, but cannot be named. */
function readActiveRunInto(fields: Draft, data: JsonRecord): void {
  const run = readRecord(data, 'active_run')
  const id = run === null ? null : readText(run, 'id')
  if (run === null || id !== null) fields.activeRunId = id
}

function readPlanInto(fields: Draft, data: JsonRecord, isNamed: boolean): void {
  const held = readJsonRecord(data, 'agent_data') ?? {}
  if (!isNamed && readList(held, 'plan_steps') === null) return
  fields.plan = readRecords(held, 'plan_steps').map((step, place) => ({
    index: readNumber(step, 'index') ?? place,
    title: readString(step, 'title') ?? '',
    description: readString(step, 'description') ?? '',
    notes: readText(step, 'notes'),
    status: readWord(readValue(step, 'status'), stepStatuses) ?? 'unknown',
  }))
}

/** Ids of a list of things, or of ids. */
function readIds(data: JsonRecord, key: string): readonly string[] {
  return (readList(data, key) ?? []).flatMap((one) => {
    const id = isRecord(one) ? readText(one, 'id') : one
    return typeof id === 'string' && id !== '' ? [id] : []
  })
}

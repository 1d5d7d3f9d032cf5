import type { StreamError } from '../errors.ts'
import type {
  AgentRunStatus,
  Attachment,
  ChatActivity,
  ContentPart,
  Interrupt,
  MessageRole,
  PlanStep,
  StoredMessageStatus,
  ToolInvocation,
} from '../protocol/agent-event.ts'
import type { JsonRecord } from '../protocol/json.ts'
import type { LocalToolRun } from './chat-message.ts'
import { startPosition, type Position } from './position.ts'

/** What the server has stored of a message. */
export interface MessageFact {
  readonly order: number | null
  readonly role: MessageRole
  readonly status: StoredMessageStatus
  readonly content: readonly ContentPart[]
  readonly invocations: readonly ToolInvocation[]
  readonly toolCallId: string | null
  readonly runId: string | null
  readonly taskId: string | null
  readonly createdAt: number | null
  /** Epoch microseconds of the content; `null` where it came without a time. */
  readonly updatedAtUs: number | null
}

/** A call that the model is writing. */
export interface ForecastCall {
  readonly index: number
  readonly callId: string | null
  readonly name: string | null
  readonly argsText: string
}

/**
 * How a forecast of a text stands to the fact: `ahead` continues it, `apart` says something else; `behind` is not longer,
 * and is compared once it is. Kept, so that a piece is appended without looking at the whole text.
 */
export type ForecastLead = 'behind' | 'ahead' | 'apart'

/** What pieces say that the server is about to store (architecture §6). */
export interface MessageForecast {
  readonly text: string
  readonly reasoning: string
  readonly calls: readonly ForecastCall[]
  readonly usage: JsonRecord | null
  /** Number of the last piece; `null` where they are not numbered. */
  readonly lastSeq: number | null
  /** Whether no piece is missing; once one is, it grows no more. */
  readonly whole: boolean
  readonly textLead: ForecastLead
  readonly reasoningLead: ForecastLead
}

/** A message that is on its way to the server, or could not be sent. */
export interface OutgoingMessage {
  readonly text: string
  readonly attachments: readonly Attachment[]
  readonly error: StreamError | null
  /** Epoch milliseconds. */
  readonly sentAt: number
}

/** One message in its layers. What is shown is selected from it, see `selectMessage`. */
export interface MessageState {
  /** Stays the same for ever. */
  readonly key: string
  /** The server's id; `null` before it has one. */
  readonly id: string | null
  readonly fact: MessageFact | null
  readonly forecast: MessageForecast | null
  /**
   * What was sent from here, until the server has it. Beside a fact: the stream brought a message that looks like it, and
   * the answer to the request has not confirmed that yet.
   */
  readonly outgoing: OutgoingMessage | null
  /** Epoch milliseconds of the first and of the last sign of thinking, where they were seen as they happened. */
  readonly thinkingSince: number | null
  readonly thinkingUntil: number | null
  /** What this browser does with client tools of this message, by the id of the call. */
  readonly toolRuns: Readonly<Record<string, LocalToolRun>>
  /** Answers that were given here to calls of this message, by the id of the call. */
  readonly toolAnswers: Readonly<Record<string, string>>
  /** Epoch microseconds of the newest full fact: an older word about some of its fields is in it. */
  readonly snapshotAtUs: number | null
  /** One and the same through all states of the message: what was selected of it is remembered by it (L9). */
  readonly identity: object
}

/** A message of which nothing but its names is known. */
export function newMessage(key: string, id: string | null): MessageState {
  return {
    key,
    id,
    fact: null,
    forecast: null,
    outgoing: null,
    thinkingSince: null,
    thinkingUntil: null,
    toolRuns: {},
    toolAnswers: {},
    snapshotAtUs: null,
    identity: {},
  }
}

/** One run of the agent, which is one turn. */
export interface AgentRun {
  readonly id: string
  readonly status: AgentRunStatus
  readonly error: string | null
  readonly output: unknown
  readonly interruptReason: string | null
  readonly interruptToolId: string | null
  readonly userMessageId: string | null
  readonly invocationId: string | null
  readonly updatedAtUs: number | null
}

/** What is true of a chat. `null` stands for what the server did not say. */
export interface AgentState {
  /** `null` before the first message of a new chat was taken. */
  readonly id: string | null
  readonly activity: ChatActivity
  readonly name: string | null
  readonly description: string | null
  readonly output: unknown
  readonly activeRunId: string | null
  readonly interrupts: readonly Interrupt[]
  readonly plan: readonly PlanStep[]
  readonly agentId: string | null
  readonly parentId: string | null
  readonly childIds: readonly string[]
  readonly updatedAtUs: number | null
  /** Whether the chat and its newest messages have been read once. */
  readonly isLoaded: boolean
  /** In the order in which they are shown. Those of which only pieces are known wait in `early`. */
  readonly messages: readonly MessageState[]
  /** Pieces of messages that are not known yet, bounded, oldest first. */
  readonly early: readonly MessageState[]
  /** The last runs, oldest first, bounded. */
  readonly runs: readonly AgentRun[]
  /** Asks for the messages before the first one; `null` where there are none. */
  readonly olderCursor: string | null
  readonly isLoadingOlder: boolean
  readonly olderError: StreamError | null
  /** Whether somebody here asked to stop, and the end is awaited. */
  readonly isStopRequested: boolean
  /** Message that the server took, while nothing is seen of its turn yet. */
  readonly awaitedMessageId: string | null
  readonly position: Position
}

/** A chat of which nothing is known. */
export const initialAgent: AgentState = {
  id: null,
  activity: 'idle',
  name: null,
  description: null,
  output: null,
  activeRunId: null,
  interrupts: [],
  plan: [],
  agentId: null,
  parentId: null,
  childIds: [],
  updatedAtUs: null,
  isLoaded: false,
  messages: [],
  early: [],
  runs: [],
  olderCursor: null,
  isLoadingOlder: false,
  olderError: null,
  isStopRequested: false,
  awaitedMessageId: null,
  position: startPosition,
}

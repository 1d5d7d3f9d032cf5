import * as fc from 'fast-check'
import { StreamError } from '../src/errors.ts'
import type {
  AgentEvent,
  AgentRunFields,
  ChatFields,
  ContentPart,
  Interrupt,
  MessageFields,
  ToolInvocation,
} from '../src/protocol/agent-event.ts'
import type { LocalAgentEvent } from '../src/protocol/local-agent-event.ts'

/** Any event that a chat may meet. */
export type AnyAgentEvent = AgentEvent | LocalAgentEvent

// Few and small values, so that events meet.
const messageId = fc.constantFrom('m0', 'm1', 'm2', 'm3')
const runId = fc.constantFrom('r1', 'r2')
const callId = fc.constantFrom('v1', 'v2')
const key = fc.constantFrom('k1', 'k2')
const text = fc.constantFrom('', 'a', 'ab', 'abc', 'x')
const time = fc.option(fc.nat(6))

const contentPart = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text }),
  fc.record({ type: fc.constant('reasoning' as const), text }),
  fc.record({
    type: fc.constant('tool-call' as const),
    callId: fc.option(fc.constantFrom('c1', 'c2')),
    name: fc.constant('look'),
    argsText: fc.constantFrom('', '{"q":', '{"q":"a"}'),
  }),
  fc.constant<ContentPart>({ type: 'image', url: 'https://files.test/a.png' }),
)

const invocation: fc.Arbitrary<ToolInvocation> = fc.record({
  id: callId,
  callId: fc.option(fc.constantFrom('c1', 'c2')),
  kind: fc.constantFrom('client', 'app', 'internal'),
  name: fc.constantFrom('look', 'finish'),
  displayName: fc.constant(null),
  status: fc.constantFrom(
    'pending',
    'in_progress',
    'awaiting_input',
    'awaiting_approval',
    'completed',
    'failed',
    'cancelled',
    'unknown',
  ),
  args: fc.constantFrom(null, { q: 'a' }),
  result: fc.option(text),
  data: fc.constant(null),
  widget: fc.constant(null),
  executionId: fc.constant(null),
})

const messageFields: fc.Arbitrary<MessageFields> = fc.record(
  {
    order: fc.option(fc.nat(3)),
    role: fc.constantFrom('user', 'assistant', 'tool'),
    status: fc.constantFrom('pending', 'queued', 'ready', 'failed', 'cancelled', 'unknown'),
    content: fc.array(contentPart, { maxLength: 3 }),
    invocations: fc.uniqueArray(invocation, { maxLength: 2, selector: ({ id }) => id }),
    runId: fc.option(runId),
    createdAt: time,
    updatedAtUs: time,
  },
  { requiredKeys: [] },
)

const interrupt: fc.Arbitrary<Interrupt> = fc.record({
  id: fc.constantFrom('i1', 'i2'),
  reason: fc.constantFrom('tool_approval', 'client_tool', 'hook_gate'),
  status: fc.constantFrom('pending', 'resolved', 'expired', 'cancelled', 'unknown'),
  resourceId: fc.option(callId),
  expiresAt: fc.constant(null),
  meta: fc.constant(null),
})

const chatFields: fc.Arbitrary<ChatFields> = fc.record(
  {
    id: fc.constantFrom('c1', 'c1', 'c2'),
    activity: fc.constantFrom('idle', 'busy', 'awaiting_input', 'completed', 'unknown'),
    name: fc.option(text),
    output: fc.constantFrom(null, { city: 'Oslo' }),
    activeRunId: fc.option(runId),
    interrupts: fc.uniqueArray(interrupt, { maxLength: 2, selector: ({ id }) => id }),
    updatedAtUs: time,
  },
  { requiredKeys: [] },
)

const runFields: fc.Arbitrary<AgentRunFields> = fc.record(
  {
    status: fc.constantFrom(
      'submitted',
      'working',
      'input_required',
      'completed',
      'failed',
      'cancelled',
      'rejected',
      'unknown',
    ),
    error: fc.option(text),
    output: fc.constantFrom(null, { city: 'Oslo' }),
    userMessageId: fc.option(messageId),
    updatedAtUs: time,
  },
  { requiredKeys: [] },
)

const delta = fc.record({
  type: fc.constant('message-delta' as const),
  id: messageId,
  seq: fc.integer({ min: 0, max: 4 }),
  delta: fc.record({
    text,
    reasoning: text,
    toolCalls: fc.array(
      fc.record({
        index: fc.nat(1),
        callId: fc.option(fc.constantFrom('c1', 'c2')),
        name: fc.option(fc.constant('look')),
        argsText: fc.constantFrom('', '{"q"', ':"a'),
      }),
      { maxLength: 2 },
    ),
    usage: fc.constantFrom(null, { total_tokens: 1 }),
  }),
})

const errors = [
  new StreamError('network', 'The line broke.', { retryable: true }),
  new StreamError('invalid-request', 'It was refused.', { status: 400 }),
]

const local: fc.Arbitrary<AnyAgentEvent> = fc.oneof(
  fc.record({
    type: fc.constant('message-outgoing' as const),
    key,
    text,
    attachments: fc.constant([]),
  }),
  fc.record({ type: fc.constant('message-accepted' as const), key, id: messageId }),
  fc.record({ type: fc.constant('message-refused' as const), key, error: fc.constantFrom(...errors) }),
  fc.record({ type: fc.constant('message-withdrawn' as const), key: fc.oneof(key, messageId) }),
  fc.record({ type: fc.constant('tool-begun' as const), id: callId }),
  fc.record({ type: fc.constant('tool-progressed' as const), id: callId, progress: fc.nat(1) }),
  fc.record({ type: fc.constant('tool-answered' as const), id: callId, result: text }),
  fc.record({
    type: fc.constant('tool-settled' as const),
    id: callId,
    error: fc.constantFrom(null, ...errors),
  }),
  fc.constantFrom<AnyAgentEvent>(
    { type: 'stop-requested' },
    { type: 'stop-rejected' },
    { type: 'older-asked' },
    { type: 'older-failed', error: new StreamError('network', 'The line broke.') },
    { type: 'line-opened', isContinued: false },
    { type: 'line-opened', isContinued: true },
    { type: 'stream-end' },
    { type: 'position-moved' },
    { type: 'frame-skipped', error: new StreamError('malformed', 'Junk.') },
  ),
)

/** Any event that says the same when it comes again: all but pieces that are not numbered. */
export const agentEvents: fc.Arbitrary<AnyAgentEvent> = fc.oneof(
  {
    arbitrary: fc.record({
      type: fc.constant('message-fields' as const),
      id: messageId,
      full: fc.boolean(),
      fields: messageFields,
    }),
    weight: 4,
  },
  { arbitrary: delta, weight: 4 },
  {
    arbitrary: fc.record({
      type: fc.constant('run-fields' as const),
      id: runId,
      full: fc.boolean(),
      fields: runFields,
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      type: fc.constant('chat-fields' as const),
      full: fc.boolean(),
      fields: chatFields,
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ type: fc.constant('interrupt-fields' as const), interrupt }), weight: 1 },
  {
    arbitrary: fc.record({
      type: fc.constant('messages-page' as const),
      newest: fc.boolean(),
      messages: fc.uniqueArray(fc.record({ id: messageId, fields: messageFields }), {
        maxLength: 3,
        selector: ({ id }) => id,
      }),
      olderCursor: fc.option(fc.constantFrom('p1', 'p2')),
    }),
    weight: 1,
  },
  { arbitrary: local, weight: 5 },
)

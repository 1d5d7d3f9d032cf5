import type { AgentTurn, ScriptAnswer, ScriptToolKind } from './agent-script.ts'
import { createTurnPen, type AgentPace, type TurnPen } from './turn-pen.ts'

/** A call of a tool, and what is said around it. */
export interface AgentToolOptions extends AgentPace {
  readonly name: string
  /** Default `{}`. */
  readonly args?: unknown
  /** What the model calls it, unlike every other call of the turn; default `call_1`. */
  readonly call?: string
  readonly displayName?: string
  /** What is thought before the call; default nothing. */
  readonly reasoning?: string
  /** What is said before the call; default nothing. */
  readonly text?: string
  /** What is said in the end; a function gets the result. Default the result itself. */
  readonly reply?: string | ((result: string) => string)
}

/** A tool that the server runs. */
export interface ServerToolOptions extends AgentToolOptions {
  /** Default `http`. */
  readonly kind?: Exclude<ScriptToolKind, 'client' | 'agent'>
  /** Default `ok`. */
  readonly result?: string
  /** Milliseconds that it takes; default 1,000. */
  readonly runMs?: number
  /** Default `completed`. */
  readonly end?: 'completed' | 'failed'
  /** Task of an app tool. */
  readonly executionId?: string
}

/** A tool that needs an approval. */
export interface AgentApprovalOptions extends Omit<ServerToolOptions, 'end'> {
  /** What is said when it was rejected; default that it will not. */
  readonly rejected?: string
}

/** A tool that shows a surface. */
export interface WidgetOptions extends AgentToolOptions {
  /** P§7.6. */
  readonly widget: Readonly<Record<string, unknown>>
}

/** A tool that asks for input. */
export interface AgentInputOptions extends AgentToolOptions {
  /** Requests by key (P§7.5); a list is one for each round. */
  readonly requests: InputRequests | readonly InputRequests[]
  /** Default `ok`. */
  readonly result?: string
}

/** Requests for input by key, such as `{ method: 'elicitation/create', params: {…} }` (P§7.5). */
export interface InputRequests {
  readonly [key: string]: unknown
}

/** Work for another agent. */
export interface SubAgentOptions extends AgentToolOptions {
  /** What it does. */
  readonly child: AgentTurn
}

/** Calls a tool of the client. */
export function clientToolTurn(options: AgentToolOptions): AgentTurn {
  const tool = { call: callOf(options), kind: 'client', ...named(options) } as const
  return written(options)
    .add({ type: 'tools', tools: [tool] })
    .add(awaiting(options)).steps
}

/** Calls a tool that the server runs. */
export function serverToolTurn(options: ServerToolOptions): AgentTurn {
  const call = callOf(options)
  const { kind = 'http', executionId } = options
  const tool = { call, kind, ...named(options), ...(executionId === undefined ? {} : { executionId }) }
  const pen = written(options).add({ type: 'tools', tools: [tool] })
  return ran(pen, options, options.end ?? 'completed').steps
}

/** Asks whether it may call a tool. */
export function approvalTurn(options: AgentApprovalOptions): AgentTurn {
  const call = callOf(options)
  const { kind = 'http', rejected = 'Then I will not.' } = options
  const tool = { call, kind, needsApproval: true, ...named(options) }
  const after = (): AgentTurn => ran(createTurnPen(options), options, 'completed').steps
  return written(options)
    .add({ type: 'tools', tools: [tool] })
    .add({
      type: 'await',
      next: ({ how }) => (how === 'approved' ? after() : createTurnPen(options).wait().say(rejected).steps),
    }).steps
}

/** Shows a surface. */
export function widgetTurn(options: WidgetOptions): AgentTurn {
  const { widget } = options
  const tool = { call: callOf(options), kind: 'internal', ...named(options), widget } as const
  return written(options)
    .add({ type: 'tools', tools: [tool] })
    .add(awaiting(options)).steps
}

/** Calls an MCP tool that asks for input. */
export function inputTurn(options: AgentInputOptions): AgentTurn {
  const call = callOf(options)
  const rounds = Array.isArray(options.requests)
    ? (options.requests as readonly InputRequests[])
    : [options.requests as InputRequests]
  const dataOf = (round: number): Readonly<Record<string, unknown>> => ({
    input_required: true,
    input_requests: rounds[round - 1] ?? {},
    request_state: `round-${round}`,
    round,
  })
  const after = (round: number): AgentTurn =>
    round < rounds.length
      ? createTurnPen(options)
          .wait()
          .add({ type: 'tool', call, status: 'awaiting_input', data: dataOf(round + 1) })
          .add({ type: 'await', next: () => after(round + 1) }).steps
      : ran(createTurnPen(options), options, 'completed').steps
  const tool = { call, kind: 'mcp', ...named(options), data: dataOf(1) } as const
  return written(options)
    .add({ type: 'tools', tools: [tool] })
    .add({ type: 'await', next: () => after(1) }).steps
}

/** Gives work to another agent. */
export function subAgentTurn(options: SubAgentOptions): AgentTurn {
  const { child } = options
  const tool = { call: callOf(options), kind: 'agent', ...named(options), child } as const
  return written(options)
    .add({ type: 'tools', tools: [tool] })
    .add(awaiting(options)).steps
}

/** What is said up to the call, the call with it. */
function written(options: AgentToolOptions): TurnPen {
  const { name, args = {}, reasoning = '', text = '' } = options
  return createTurnPen(options).wait().think(reasoning).say(text).call(callOf(options), name, args)
}

/** What a tool does once it may run. */
function ran(
  pen: TurnPen,
  options: Pick<ServerToolOptions, keyof AgentToolOptions | 'result' | 'runMs'>,
  status: 'completed' | 'failed',
): TurnPen {
  const { result = 'ok', runMs = 1000 } = options
  return pen
    .wait(runMs)
    .add({ type: 'tool', call: callOf(options), status, result })
    .wait()
    .say(closing(options, result))
}

function awaiting(options: AgentToolOptions): Parameters<TurnPen['add']>[0] {
  const next = ({ text }: ScriptAnswer): AgentTurn =>
    createTurnPen(options)
      .wait()
      .say(closing(options, text ?? '')).steps
  return { type: 'await', next }
}

function closing({ reply = (result) => result }: AgentToolOptions, result: string): string {
  return typeof reply === 'string' ? reply : reply(result)
}

function callOf({ call = 'call_1' }: AgentToolOptions): string {
  return call
}

function named({ name, displayName }: AgentToolOptions): {
  readonly name: string
  readonly displayName?: string
} {
  return { name, ...(displayName === undefined ? {} : { displayName }) }
}

import type { AgentRequest, AgentScript, AgentTurn, ScriptedPlanStep } from './agent-script.ts'
import {
  approvalTurn,
  clientToolTurn,
  inputTurn,
  serverToolTurn,
  subAgentTurn,
  widgetTurn,
  type AgentApprovalOptions,
  type AgentInputOptions,
  type AgentToolOptions,
  type ServerToolOptions,
  type SubAgentOptions,
  type WidgetOptions,
} from './agent-script-tools.ts'
import { createTurnPen, type AgentPace } from './turn-pen.ts'

/** How a usual turn goes. */
export interface AgentUsualOptions extends AgentPace {
  /** Default none. */
  readonly reasoning?: string
  /** Default a sentence. */
  readonly text?: string
}

/** How a turn ends that gives structured output. */
export interface AgentStructuredOptions extends AgentUsualOptions {
  readonly output: unknown
}

/** How a turn fails. */
export interface AgentFailsOptions extends AgentUsualOptions {
  /** In the server's words; default `the model is overloaded`. */
  readonly error?: string
}

/** How a plan is worked off. */
export interface AgentPlanOptions extends AgentUsualOptions {
  /** Titles of its steps. */
  readonly steps: readonly string[]
}

/** Builders of what agents do. Each answers plain data, or what chooses it by the request. */
export interface AgentScripts {
  /** Says what the user said. */
  echo(pace?: AgentPace): AgentScript
  /** Thinks, where it is given what, and answers. */
  usual(options?: AgentUsualOptions): AgentTurn
  /** Answers in Markdown. */
  markdown(text: string, pace?: AgentPace): AgentTurn
  /** Calls a tool of the client, and answers with what it gave. */
  clientTool(options: AgentToolOptions): AgentTurn
  /** Calls a tool that the server runs. */
  serverTool(options: ServerToolOptions): AgentTurn
  /** Asks whether it may call a tool. */
  approval(options: AgentApprovalOptions): AgentTurn
  /** Shows a surface and waits for what is put into it (P§7.6). */
  widget(options: WidgetOptions): AgentTurn
  /** Calls an MCP tool that asks for input (P§7.5). */
  input(options: AgentInputOptions): AgentTurn
  /** Gives work to another agent, which does it in a chat of its own. */
  subAgent(options: SubAgentOptions): AgentTurn
  /** Answers, and gives structured output. */
  structured(options: AgentStructuredOptions): AgentTurn
  /** Says a piece and fails. */
  fails(options?: AgentFailsOptions): AgentTurn
  /** Works so long that messages which are sent meanwhile wait in the queue; default a minute. */
  queue(options?: AgentUsualOptions & { readonly forMs?: number }): AgentTurn
  /** Makes a plan and works it off. */
  plan(options: AgentPlanOptions): AgentTurn
  /** Has a row of every role beside the conversation. */
  notes(options?: AgentUsualOptions): AgentTurn
  /** One script for each turn; the last one for all that follow. */
  turns(scripts: readonly AgentScript[]): AgentScript
  /** Anything. */
  custom(
    steps: AgentTurn | ((text: string, turnIndex: number, request: AgentRequest) => AgentScript),
  ): AgentScript
}

const SENTENCE = 'A fox went over the snow, and the snow kept its steps until noon.'

/** Scripts of what agents do, such as `agentScript.usual({ reasoning: 'Hm.', text: 'Yes.' })`. */
export const agentScript: AgentScripts = {
  echo:
    (pace) =>
    ({ text, files }) =>
      usual({ ...pace, text: text === '' ? `You sent ${files.length} files.` : text }),
  usual,
  markdown: (text, pace) => usual({ ...pace, text }),
  clientTool: clientToolTurn,
  serverTool: serverToolTurn,
  approval: approvalTurn,
  widget: widgetTurn,
  input: inputTurn,
  subAgent: subAgentTurn,
  structured: ({ output, ...options }) => {
    const said = usual(options)
    return [...said, { atMs: said.at(-1)?.atMs ?? 0, type: 'output', output }]
  },
  fails({ error = 'the model is overloaded', reasoning = '', text = 'Well,', ...pace } = {}) {
    return createTurnPen(pace).wait().think(reasoning).say(text).wait().add({ type: 'fail', error }).steps
  },
  queue: ({ forMs = 60_000, ...options } = {}) => {
    const { reasoning = 'This takes a while.', text = SENTENCE, ...pace } = options
    return createTurnPen(pace).wait().think(reasoning).add({ type: 'store' }).wait(forMs).say(text).steps
  },
  plan({ steps, reasoning = '', text = 'All done.', ...pace }) {
    const pen = createTurnPen(pace).wait().think(reasoning)
    const planAt = (done: number): readonly ScriptedPlanStep[] =>
      steps.map((title, index) => ({
        title,
        status: index < done ? 'completed' : index === done ? 'in_progress' : 'pending',
      }))
    for (let done = 0; done <= steps.length; done++) pen.add({ type: 'plan', plan: planAt(done) }).wait()
    return pen.say(text).steps
  },
  notes({ reasoning = '', text = SENTENCE, ...pace } = {}) {
    const hook = {
      event: 'agent.turn_start',
      handler_type: 'builtin',
      handler: 'guard',
      decision: 'allow',
      duration_ms: 12,
    }
    return createTurnPen(pace)
      .add({ type: 'row', row: { role: 'system', text: 'You are a helpful assistant.' } })
      .add({ type: 'row', row: { role: 'injection', text: 'The user is in Oslo.' } })
      .add({ type: 'row', row: { role: 'compaction', text: '[12 messages]\nThey spoke of foxes.' } })
      .add({ type: 'row', row: { role: 'event', text: '', event: { type: 'hook', hook } } })
      .wait()
      .think(reasoning)
      .say(text).steps
  },
  turns:
    (scripts) =>
    ({ turnIndex }) =>
      scripts[Math.min(turnIndex, scripts.length - 1)] ?? [],
  custom: (steps) =>
    typeof steps === 'function' ? (request) => steps(request.text, request.turnIndex, request) : steps,
}

function usual({ reasoning = '', text = SENTENCE, ...pace }: AgentUsualOptions = {}): AgentTurn {
  return createTurnPen(pace).wait().think(reasoning).say(text).steps
}

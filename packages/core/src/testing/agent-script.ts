import { StreamError } from '../errors.ts'

/** What runs a scripted tool (P§6.2). */
export type ScriptToolKind = 'app' | 'agent' | 'hook' | 'http' | 'call' | 'mcp' | 'client' | 'internal'

/** A status of a tool call (P§6.2). */
export type ScriptToolStatus =
  | 'pending'
  | 'in_progress'
  | 'awaiting_input'
  | 'awaiting_approval'
  | 'completed'
  | 'failed'
  | 'cancelled'

/** A tool call as it begins. */
export interface ScriptedTool {
  /**
   * What later steps call it, unlike every other call of the turn. The model calls it the same, with the number of the
   * turn behind from the second turn of a chat on.
   */
  readonly call: string
  readonly kind: ScriptToolKind
  readonly name: string
  readonly displayName?: string
  /** The arguments; default what the pieces of this call said, else `{}`. */
  readonly args?: unknown
  /**
   * Default `awaiting_approval` where it needs one, `awaiting_input` with a widget or input requests, `in_progress`
   * otherwise, or what `clientTools` says of a client tool.
   */
  readonly status?: ScriptToolStatus
  /** Whether somebody has to allow it before it runs; default false. */
  readonly needsApproval?: boolean
  readonly result?: string
  /** Such as `requirement_errors` (P§2.3) or `input_requests` (P§7.5). */
  readonly data?: Readonly<Record<string, unknown>>
  /** A surface (P§7.6). */
  readonly widget?: Readonly<Record<string, unknown>>
  /** Task of an app tool; a sub-agent's is its chat. */
  readonly executionId?: string
  /** What the sub-agent of an `agent` tool does, in a chat of its own; its last text is the result. */
  readonly child?: AgentTurn
}

/** What became of something that the script waited for. */
export interface ScriptAnswer {
  /** The call; of an interrupt without one, its reason. */
  readonly call: string
  readonly how: 'result' | 'approved' | 'rejected' | 'failed'
  /** The result as text, or the reason of the rejection. */
  readonly text: string | null
}

/** A row beside the conversation (P§6.1). */
export interface ScriptedRow {
  readonly role: 'system' | 'injection' | 'compaction' | 'event' | 'tool' | 'assistant'
  readonly text: string
  /** The call that a row of the role `tool` answers. */
  readonly call?: string
  /** A part of the type `event`, such as `{ type: 'hook', hook: {…} }`. */
  readonly event?: Readonly<Record<string, unknown>>
}

/** A step of a plan (P§5.3). */
export interface ScriptedPlanStep {
  readonly title: string
  readonly description?: string
  readonly notes?: string
  readonly status: 'pending' | 'in_progress' | 'completed' | 'cancelled'
}

/** What happens in a step. */
export type AgentAct =
  /** The next message of the assistant begins, still empty; text, reasoning and calls begin one themselves. */
  | { readonly type: 'begin' }
  /** A piece of text. */
  | { readonly type: 'text'; readonly text: string }
  /** A piece of reasoning. */
  | { readonly type: 'reasoning'; readonly text: string }
  /** A piece of a call that the model writes: a fragment of the JSON text of its arguments. */
  | { readonly type: 'call'; readonly call: string; readonly name: string; readonly args: string }
  /** A picture or a file in the message; it comes with the next snapshot. */
  | { readonly type: 'media'; readonly media: 'image' | 'file'; readonly uri: string }
  /** What the model used so far (P§4.6). */
  | { readonly type: 'usage'; readonly usage: Readonly<Record<string, unknown>> }
  /** The server stores the message as it is by now and sends it whole. */
  | { readonly type: 'store' }
  /** The message is ready and its calls begin. */
  | { readonly type: 'tools'; readonly tools: readonly ScriptedTool[] }
  /** Something of a call has changed. One that ends with a result gets a message of the role `tool`. */
  | {
      readonly type: 'tool'
      readonly call: string
      readonly status?: ScriptToolStatus
      readonly result?: string
      readonly data?: Readonly<Record<string, unknown>> | null
      readonly widget?: Readonly<Record<string, unknown>> | null
      readonly executionId?: string
    }
  /** Somebody is asked something that is about no call (P§7.4). */
  | {
      readonly type: 'interrupt'
      readonly reason: 'auth' | 'confirmation' | 'hook_gate'
      readonly meta?: Readonly<Record<string, unknown>>
    }
  /**
   * Waits until everything that was asked has been answered: client tools, approvals, widgets, input requests, interrupts
   * and sub-agents. `next` makes what follows, `answers` oldest first. `atMs` of the steps that it makes counts from the
   * answer, and that of the steps below from the last of those.
   */
  | {
      readonly type: 'await'
      readonly next?: (answer: ScriptAnswer, answers: readonly ScriptAnswer[]) => AgentTurn
    }
  | { readonly type: 'row'; readonly row: ScriptedRow }
  | { readonly type: 'plan'; readonly plan: readonly ScriptedPlanStep[] }
  /** The chat gets a name. */
  | { readonly type: 'name'; readonly name: string }
  /** The structured output; it is told when the turn has ended. */
  | { readonly type: 'output'; readonly output: unknown }
  /** The turn fails, with the server's words; nothing follows. */
  | { readonly type: 'fail'; readonly error: string }

/** A moment in a turn of an agent. */
export type AgentStep = AgentAct & {
  /** Milliseconds since the turn began, or since the last answer where there was a wait above. */
  readonly atMs: number
}

/** One turn of an agent as data. It ends with its last step, once nothing is asked any more. */
export type AgentTurn = readonly AgentStep[]

/** What a turn answers. */
export interface AgentRequest {
  /** `namespace/name`; the name of an agent that is described in place, or the empty string. */
  readonly agent: string
  /** The agent where it is described in place, as sent (P§5.4). */
  readonly config: Readonly<Record<string, unknown>> | null
  /** What the user said. */
  readonly text: string
  /** Addresses of the files that came with it. */
  readonly files: readonly string[]
  readonly context: Readonly<Record<string, string>>
  readonly chatId: string
  /** Turns of this chat that came before. */
  readonly turnIndex: number
}

/** What an agent does: the same in every turn, or what is chosen for each. */
export type AgentScript = AgentTurn | ((request: AgentRequest) => AgentScript)

/** The steps of one turn. */
export function turnOf(script: AgentScript, request: AgentRequest): AgentTurn {
  return typeof script === 'function' ? turnOf(script(request), request) : checkTurn(script)
}

/**
 * The steps themselves, once it is certain that they are in order.
 *
 * @throws {StreamError} `misuse` when a step lies before the one above it, with no wait between
 */
export function checkTurn(steps: AgentTurn): AgentTurn {
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1]
    if (before === undefined || before.type === 'await' || step.atMs >= before.atMs) continue
    throw new StreamError(
      'misuse',
      `Step ${index} of the turn (${step.type}) is at ${step.atMs} ms, before the ${before.atMs} ms of the step above ` +
        'it, so that the chat at a moment would not be the steps up to it. Put the steps in order of atMs.',
    )
  }
  return steps
}

import { StreamError } from '../errors.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** What a client tool is given to work with. */
export interface ClientToolContext {
  /** Id of the call. */
  readonly id: string
  /** Aborted when the turn is stopped, the call is cancelled, the time is over, or the client is closed. */
  readonly signal: AbortSignal
  /** Shows how far it is; any JSON. */
  readonly submitProgress: (progress: unknown) => void
}

/**
 * A tool that runs in the browser when the agent calls it.
 *
 * It is run at most once per call: across reconnects, remounts, reloads and the tabs of one browser. What it returns goes
 * to the agent, text as it is and anything else as JSON; what it throws goes to the agent as `{ "error": message }`.
 *
 * @example
 * const getLocation = clientTool({
 *   name: 'get_location',
 *   description: 'Where the user is',
 *   input: z.object({ precise: z.boolean().optional() }),
 *   run: ({ precise }, { signal }) => locate({ precise, signal }),
 * })
 */
export interface ClientTool<Args = unknown> {
  /** As the agent calls it. */
  readonly name: string
  readonly displayName?: string
  /** For the model of an ad-hoc agent. */
  readonly description?: string
  /**
   * What the arguments have to be: a Standard Schema (zod, valibot, arktype, …) or a JSON Schema; default: anything. The
   * agent is told what is wrong with arguments that do not fit, and the tool is not run.
   */
  readonly input?: StandardSchemaV1<unknown, Args> | JsonSchema
  /** JSON Schema that the model of an ad-hoc agent is given, where `input` is a schema that cannot tell its own. */
  readonly inputSchema?: JsonSchema
  /** Most milliseconds that it may run; default 300,000. Then it is aborted, and the agent is told. */
  readonly timeoutMs?: number
  run(args: Args, context: ClientToolContext): unknown
}

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** Tools of one chat, whatever their arguments are. */
export type ClientTools = readonly AnyClientTool[]

/** A client tool whose arguments are checked when it runs. Made by {@link clientTool}. */
export interface AnyClientTool extends Omit<ClientTool, 'run'> {
  run(args: unknown, context: ClientToolContext): unknown
}

/**
 * A client tool, with the arguments of `run` as its schema makes them. With a JSON Schema, `run` says what it takes, and the
 * schema has to keep that promise.
 *
 * @throws {StreamError} `misuse` without a name, or with a time limit that is no number above 0
 */
export function clientTool<Args>(tool: ClientTool<Args>): AnyClientTool {
  const { name, timeoutMs = 1 } = tool
  if (name === '') {
    throw new StreamError('misuse', 'A client tool has an empty name, so no agent can call it. Give it one.')
  }
  if (!(timeoutMs > 0)) {
    throw new StreamError(
      'misuse',
      `The client tool "${name}" may run for ${timeoutMs} ms, which is no time. Give timeoutMs in milliseconds, above 0, or leave it out.`,
    )
  }
  return tool
}

import { liveStatusCodes, referenceStatusCodes, type StatusCodes } from '../protocol/task-status.ts'
import { systemClock, type Clock } from '../store/clock.ts'
import type { AgentScript } from './agent-script.ts'
import type { EventIdStyle } from './event-ids.ts'
import type { Fault } from './fault-kinds.ts'
import type { TaskScript } from './script.ts'

/** The body of `POST /apps/run`, as sent. */
export type RunBody = Readonly<Record<string, unknown>>

/** A script, or what chooses one for a run. */
export type ScriptChoice = TaskScript | ((body: RunBody) => TaskScript)

/**
 * Scripts by app, in the form `namespace/name`. An exact name wins; of patterns, where `*` stands for any characters, the
 * first that fits. An app that nothing fits is unknown (404).
 */
export interface ScriptsByApp {
  readonly [app: string]: ScriptChoice
}

/** Scripts of agents by `namespace/name`, chosen as those of {@link ScriptsByApp}. */
export interface ScriptsByAgent {
  readonly [agent: string]: AgentScript
}

/** What is told of an agent, and what it needs to know. */
export interface AgentCard {
  readonly description?: string
  readonly examplePrompts?: readonly string[]
  /** Names that the `context` of a chat must have (P§5.4). */
  readonly requiredContext?: readonly string[]
}

/** Which of the two wire dialects is spoken: the streaming reference's or the live service's (P§0a.1). */
export type SimulatorDialect = 'reference' | 'live'

/** Something between two messages that a reader has to pass over. */
export type Noise = 'blank' | 'junk' | 'null' | 'unknown-event' | 'heartbeat'

/** How a simulated server behaves and speaks. Every choice is one that real servers make (P§13). */
export interface SimulatorOptions {
  /** What tasks do; default `taskScript.usual()` for every app. */
  readonly script?: ScriptChoice | ScriptsByApp
  /**
   * What agents do; default `agentScript.echo()` for every one. An agent that is described in place has the name that its
   * config has; by name, one without is found by `*` alone.
   */
  readonly agents?: AgentScript | ScriptsByAgent
  /** What is told of agents, by `namespace/name`; default nothing but the name. */
  readonly agentCards?: Readonly<Record<string, AgentCard>>
  /** Status of a client tool that is to run; default `in_progress`. Older servers say `awaiting_input` (P§7.1). */
  readonly clientTools?: 'in_progress' | 'awaiting_input'
  /**
   * Who may allow and reject; default `sign-in`: a request with an API key (`Bearer inf_…`) gets 403 `forbidden` (P§2.6).
   */
  readonly approvals?: 'sign-in' | 'anyone'
  /** Where time comes from; default `systemClock`, the real one. */
  readonly clock?: Clock
  /** Milliseconds of a script that pass in one of the clock, above 0; default 1. */
  readonly speed?: number
  /** Seed of ids; default 1. Same options, clock and seed: same bytes. */
  readonly seed?: number
  /** Default `reference` (P§0a.1). */
  readonly dialect?: SimulatorDialect
  /**
   * Default `name` in the reference dialect, `code` in the live one (P§3.1). A status without a number is sent by name.
   */
  readonly statusStyle?: 'name' | 'code' | 'numeric-string'
  /** Where the name goes along as `status_text`; default `results`: in answers to `POST /apps/run` (P§3.2). */
  readonly statusText?: 'nowhere' | 'results' | 'everywhere'
  /** Generation of the response envelope; default `v3` (P§1.4). */
  readonly envelope?: 'v1' | 'v2' | 'v3'
  /** Default `negotiate`: NDJSON where `Accept` names it before, or without, SSE; otherwise SSE (P§4.1). */
  readonly framing?: 'negotiate' | 'sse' | 'ndjson'
  /**
   * Default `lines` in the reference dialect: a list of lines, new ones only in updates. `base64`, the default in the live
   * one: one row with the whole log so far, base64 of UTF-8. `text`: the whole log so far as a string (P§3.3).
   */
  readonly logs?: 'lines' | 'base64' | 'text'
  /** Whether a stream begins with the task as it is; default true (P§4.4). */
  readonly snapshotOnConnect?: boolean
  /**
   * What a stream knows of the past; default `snapshot`: nothing, it begins with the present (`snapshotOnConnect`, P§4.4).
   *
   * `cursor`: each event has an id, counted from 1 for each task, and `Last-Event-ID` is answered with exactly the events
   * after it, then with what happens next; without it, from the first event on. SSE only, since NDJSON has no ids: there
   * as `snapshot`. `replay`: no ids, and every connection gets all events from the first on, in the same order and form.
   *
   * An event is a message that a step of the script makes, or `done`. Heartbeats, noise and what faults add are none.
   *
   * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header
   */
  readonly resume?: 'snapshot' | 'cursor' | 'replay'
  /**
   * Form of ids under `resume: 'cursor'`; default `number`: 1, 2, 3 …, which begin again when the server is restarted, so
   * that an older one may be taken for another event. `opaque`: `evt_…`, whose order cannot be seen and which no later
   * epoch knows.
   */
  readonly resumeIds?: EventIdStyle
  /**
   * Status that answers an id that the server does not know: one that it has not sent since it was started. Default 410.
   * `ignore`: answers as if there were no id.
   */
  readonly unknownId?: 409 | 410 | 412 | 'ignore'
  /**
   * What an update holds (P§4.5); default `sparse`: what has changed. `full-with-fields`: every key, those that have not
   * changed with zero values, and the list of those that have. `whole`: the task as it is then, without such a list.
   */
  readonly partials?: 'sparse' | 'full-with-fields' | 'whole'
  /** How SSE messages about the task are named; default `unnamed` (P§4.3). */
  readonly sseNames?: 'unnamed' | 'update' | 'tasks'
  /**
   * Form of messages (P§4.2): `bare` is form a, the default in the reference dialect; `wrapped` is b and c, the default in
   * the live one; `typed` is d; `mixed` takes them in turn. With `full-with-fields`, `bare` updates are wrapped, because a
   * bare one cannot name its fields.
   */
  readonly form?: 'bare' | 'wrapped' | 'typed' | 'mixed'
  /** Milliseconds between two heartbeats, 0 for none; default 10,000 (P§4.7). */
  readonly heartbeatMs?: number
  /** How often SSE says `done` after the end of the task; default `once` (P§4.3). */
  readonly sendDone?: 'never' | 'once' | 'twice'
  /** Whether the last line of a body that ends has its line ending; default true (P§4.2). */
  readonly finalNewline?: boolean
  /** Default `\n` (P§12.1). */
  readonly lineEnd?: '\n' | '\r\n'
  /** Cuts bodies of streams into pieces of this many bytes, characters too; default 0: a piece for each message (P§13). */
  readonly chunkBytes?: number
  /** What comes after each message of a stream, in turn; default nothing (P§13). */
  readonly noise?: readonly Noise[]
  /** Pads the first message of each stream with an unknown key to at least this many bytes; default 0 (P§13). */
  readonly giantLineBytes?: number
  /** Whether the server closes a stream when the task has ended; default true. Otherwise only the client does (P§4.7). */
  readonly closeAfterTerminal?: boolean
  /** Answers every API request without `Authorization: Bearer <apiKey>` with 401 (P§2.2); default none is needed. */
  readonly apiKey?: string
  /** Milliseconds that every answer takes; default 0. */
  readonly latencyMs?: number
  /** Whether browsers of other origins may call (P§1.3); default true. */
  readonly cors?: boolean
  /** Milliseconds of the clock from the cancellation of a task to its end; default 500 (P§3.4). */
  readonly cancelMs?: number
  /** Whether assets in outputs are addresses on this server or `data:` URLs, for use without one; default `url` (P§3.3). */
  readonly assetsAs?: 'url' | 'data'
  /** Most tasks, sessions and files that are kept, of each; the oldest is forgotten first. Default 1,000. */
  readonly maxRuns?: number
  /** As if `setFaults` had been called; default none. */
  readonly faults?: readonly Fault[]
}

/** Options with every default filled in. @internal */
export interface SimulatorSettings extends Required<
  Omit<SimulatorOptions, 'script' | 'agents' | 'apiKey' | 'clock' | 'faults'>
> {
  readonly clock: Clock
  readonly apiKey: string | null
  readonly codes: StatusCodes
}

/** Fills in the defaults, some of which depend on the dialect. @internal */
export function settleOptions(options: SimulatorOptions): SimulatorSettings {
  const { script: _script, agents: _agents, faults: _faults, ...chosen } = options
  const dialect = options.dialect ?? 'reference'
  const isLive = dialect === 'live'
  return {
    clock: systemClock,
    agentCards: {},
    clientTools: 'in_progress',
    approvals: 'sign-in',
    speed: 1,
    seed: 1,
    statusStyle: isLive ? 'code' : 'name',
    statusText: 'results',
    envelope: 'v3',
    framing: 'negotiate',
    logs: isLive ? 'base64' : 'lines',
    snapshotOnConnect: true,
    resume: 'snapshot',
    resumeIds: 'number',
    unknownId: 410,
    partials: 'sparse',
    sseNames: 'unnamed',
    form: isLive ? 'wrapped' : 'bare',
    heartbeatMs: 10_000,
    sendDone: 'once',
    finalNewline: true,
    lineEnd: '\n',
    chunkBytes: 0,
    noise: [],
    giantLineBytes: 0,
    closeAfterTerminal: true,
    latencyMs: 0,
    cors: true,
    cancelMs: 500,
    assetsAs: 'url',
    maxRuns: 1000,
    ...chosen,
    dialect,
    apiKey: options.apiKey ?? null,
    codes: isLive ? liveStatusCodes : referenceStatusCodes,
  }
}

import { type StreamError } from '../errors.ts'
import type { AgentEvent } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import { unnumbered, type Decode, type Stamp, type Stamped } from '../protocol/protocol.ts'
import type { Source } from '../source/source.ts'
import { initialAgent, type AgentState } from '../state/agent.ts'
import type { LineFacts } from '../state/connection-info.ts'
import type { Connection } from '../state/connection.ts'
import { isContinued, isDense } from '../state/position.ts'
import { reduceAgent } from '../state/reduce-agent.ts'
import { isChatBusy } from '../state/select-agent.ts'
import type { Frame } from '../wire/frame.ts'
import { isNews, isUnfinished } from './chat-news.ts'
import { truncated } from './line-faults.ts'
import { createLine, type Carried, type LineEnv } from './line.ts'
import { createPlaceWatch } from './place-watch.ts'
import { watchSilence, type SilenceWatch } from './watch-silence.ts'

/** What a line to a chat needs from its surroundings. */
export interface ChatLineEnv extends Omit<LineEnv, 'onChange' | 'onOver' | 'source'> {
  /** How the chat with this id is listened to; asked once, as soon as the chat has an id. */
  readonly sourceOf: (chatId: string) => Source
  readonly decode: (chatId: string) => Decode<AgentEvent>
  /** Asks for the chat and its newest messages once, as a frame. */
  readonly ask: (chatId: string, signal: AbortSignal) => Promise<Frame>
  /** Whether the server continues after any id of its own, be it a number or a name. */
  readonly isCursorTrusted: boolean
  /** Told of every change of the chat, in order, once per event that changed it. */
  readonly onAgent: (next: AgentState, before: AgentState) => void
  /** Told of every change of the connection. */
  readonly onConnection: () => void
}

/** A chat and the line that it is followed by. */
export interface ChatLine {
  readonly agent: AgentState
  readonly connection: Connection
  readonly facts: LineFacts
  /** Connects as soon as the chat has an id. */
  want(): void
  unwant(): void
  retryNow(): void
  /** Folds events that came by another way than the line: the answer to a request, or a deed of ours. */
  fold(events: readonly (AgentEvent | LocalAgentEvent)[]): void
}

/** How long a turn may be under way without a word before it is doubted that its end is still to come, in ms. */
const doubtAfterMs = 60_000

/** Shortest time between two questions about what was not told, in ms: junk must not make us ask without end. */
const askAgainAfterMs = 5_000

/** A line to a chat, connecting to nothing until it is wanted; `chatId`: `null` for one that is about to be begun. */
export function createChatLine(chatId: string | null, env: ChatLineEnv): ChatLine {
  const { clock } = env
  let agent: AgentState = chatId === null ? initialAgent : { ...initialAgent, id: chatId }
  let isWanted = false
  let source: Source | null = null
  let read: Decode<AgentEvent> = () => []
  let newsCount = 0
  let lastEventAt: number | null = null
  let skippedCount = 0
  let askedAtMs = -Infinity
  /** Whether something may have been missed that was not asked for. */
  let isUnsure = false
  const place = createPlaceWatch()
  let watched: { readonly signal: AbortSignal; readonly silence: SilenceWatch } | null = null

  function reduce(state: AgentState, event: AgentEvent | LocalAgentEvent, stamp: Stamp): AgentState {
    return reduceAgent(state, event, stamp, { nowMs: clock.now() })
  }

  /** What one message says is one change, whatever it is made of. */
  function commit(next: AgentState): void {
    const before = agent
    agent = next
    if (!isNews(next, before)) return
    newsCount++
    watched?.silence.heard()
    lastEventAt = clock.now()
    env.onAgent(next, before)
  }

  function fold(events: readonly (AgentEvent | LocalAgentEvent)[]): void {
    commit(events.reduce((state, event) => reduce(state, event, unnumbered), agent))
  }

  /** What one frame says, as one step: its events are admitted together, and the position moves with the last (L3). */
  function reduceFrame(said: readonly Stamped<AgentEvent>[]): AgentState {
    const stamp = said[0]?.stamp ?? unnumbered
    if (!place.isNew(agent.position, stamp)) return agent
    const last = said.length - 1
    return said.reduce(
      (state, { event }, index) => reduce(state, event, index === last ? stamp : unnumbered),
      agent,
    )
  }

  /** The present of the chat, asked for once; nothing where no answer comes. */
  async function present(signal: AbortSignal): Promise<readonly AgentEvent[]> {
    const { id } = agent
    if (id === null) return []
    isUnsure = false
    try {
      const said = env.decode(id)(await env.ask(id, signal))
      return said.map(({ event }) => event)
    } catch {
      isUnsure = true
      return []
    }
  }

  async function ask(signal: AbortSignal): Promise<void> {
    const events = await present(signal)
    if (!signal.aborted) fold(events)
  }

  /** Once in a while. */
  function mayAskAgain(): boolean {
    if (clock.monotonic() - askedAtMs < askAgainAfterMs) return false
    askedAtMs = clock.monotonic()
    return true
  }

  /** Nothing is said: the last word of a turn may have been lost. */
  function doubt(signal: AbortSignal): void {
    if (isUnsure || isChatBusy(agent)) void ask(signal)
  }

  /** Begins to doubt a connection that has not been watched yet. */
  function watch(signal: AbortSignal): void {
    if (watched?.signal === signal) return
    const silence = watchSilence(
      clock,
      () => doubtAfterMs,
      () => doubt(signal),
    )
    signal.addEventListener('abort', () => silence.stop(), { once: true })
    watched = { signal, silence }
  }

  async function take(frame: Frame, signal: AbortSignal): Promise<void> {
    const said = read(frame)
    const next = reduceFrame(said)
    if (isChatBusy(agent) && !isChatBusy(next) && (isUnsure || isUnfinished(next))) {
      // Its end is told together with what was lost of it.
      const events = await present(signal)
      if (signal.aborted) return
      commit(events.reduce((state, event) => reduce(state, event, unnumbered), reduceFrame(said)))
    } else commit(next)
    const skipped = said.filter(({ event }) => event.type === 'frame-skipped').length
    skippedCount += skipped
    isUnsure ||= skipped > 0
    if (skipped > 0 && mayAskAgain()) await ask(signal)
    if (said.some(({ event }) => event.type === 'stream-end')) throw truncated()
  }

  const carried: Carried = {
    get cursor() {
      return agent.position.cursor
    },
    get canResume() {
      return isDense(agent.position)
    },
    // A chat can always be gone on with.
    isOver: false,
    get newsCount() {
      return newsCount
    },
    reopened() {
      place.opened(newsCount)
      if (agent.id !== null) read = env.decode(agent.id)
      const isOnward = isContinued(agent.position, env.isCursorTrusted)
      agent = reduce(agent, { type: 'line-opened', isContinued: isOnward }, unnumbered)
      // What was lost before the place that it goes on from is not told again.
      isUnsure ||= isOnward
    },
    async take(frames, signal) {
      watch(signal)
      for (const frame of frames) {
        await take(frame, signal)
        if (signal.aborted) return
      }
      // A server that tells only what happened does not say where that begins, and what was before.
      const isInDoubt = !agent.isLoaded || (isUnsure && !isChatBusy(agent))
      if (isInDoubt && mayAskAgain()) await ask(signal)
    },
    async broke(cause: StreamError, _isGivenUp, signal) {
      const isLost = place.isLost(cause, agent.position, newsCount)
      if (isLost) agent = reduce(agent, { type: 'position-lost' }, unnumbered)
      // What is too large will be so again, perhaps before the answer about the present came: it is asked for.
      if (cause.code === 'frame-too-large' || isLost) await ask(signal)
    },
  }

  const line = createLine(carried, {
    ...env,
    source(reach) {
      // Only a chat with an id is wanted.
      source ??= env.sourceOf(agent.id ?? '')
      return source(reach)
    },
    onChange: env.onConnection,
    onOver: () => {},
  })

  function updateWanted(next: boolean): void {
    isWanted = next
    if (isWanted && agent.id !== null) line.want()
    else line.unwant()
  }

  return {
    get agent() {
      return agent
    },
    get connection() {
      return line.connection
    },
    get facts() {
      return { lastEventAt, skippedCount, nextRetryAt: line.nextRetryAt, transport: line.transport }
    },
    want: () => updateWanted(true),
    unwant: () => updateWanted(false),
    retryNow: () => line.retryNow(),
    fold(events) {
      const hadId = agent.id !== null
      fold(events)
      if (!hadId && agent.id !== null) updateWanted(isWanted)
    },
  }
}

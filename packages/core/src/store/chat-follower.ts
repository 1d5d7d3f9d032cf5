import type { AgentEvent } from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { AgentState } from '../state/agent.ts'
import { describeConnection, isSameConnection } from '../state/connection-info.ts'
import { createChatLine, type ChatLineEnv } from './chat-line.ts'
import { initialChatView, type ChatView } from './chat-view.ts'
import type { Chat, ChatObserver } from './chat.ts'
import type { FrameLoop } from './frame-loop.ts'
import { createLiveStore } from './live-store.ts'
import { createLookers } from './lookers.ts'
import { runApart } from './run-apart.ts'

/** What of a chat is watched, told and folded; its commands are put on top of it. */
export interface ChatFollower extends Pick<
  Chat,
  'store' | 'live' | 'observe' | 'current' | 'onChange' | 'disconnect' | 'reconnect' | 'look'
> {
  readonly agent: AgentState
  /** Whether nobody is to watch until `reconnect`. */
  readonly isPaused: boolean
  /** Told of each `disconnect`, also where there was no line. */
  onPause(listener: () => void): () => void
  /** Folds what came by another way than the line. */
  fold(events: readonly (AgentEvent | LocalAgentEvent)[]): void
}

/** What a follower needs from its client. */
export interface ChatFollowerEnv {
  readonly frames: FrameLoop
  readonly line: Omit<ChatLineEnv, 'onAgent' | 'onConnection' | 'sourceOf'>
  /** How the chat with this id is listened to, and where it is told how many look at it. */
  readonly listen: (chatId: string) => {
    readonly source: ReturnType<ChatLineEnv['sourceOf']>
    readonly setLookers: (count: number) => void
  }
  /** Told of every change, after those who watch and before those who observe. */
  readonly onAgent: (next: AgentState) => void
  readonly onWatched: () => void
  /** The last watcher left; `disconnect` ends the line, when it is time for that. */
  readonly onUnwatched: (disconnect: () => void) => void
}

/** A follower of a chat; `chatId`: `null` for one that is about to be begun. */
export function createChatFollower(chatId: string | null, env: ChatFollowerEnv): ChatFollower {
  const observers = new Set<ChatObserver>()
  const changeListeners = new Set<() => void>()
  const pauseListeners = new Set<() => void>()
  const lookers = createLookers()
  let watcherCount = 0
  let isPaused = false

  const line = createChatLine(chatId, {
    ...env.line,
    sourceOf(id) {
      const { source, setLookers } = env.listen(id)
      lookers.pointAt({
        look() {
          setLookers(1)
          return () => setLookers(0)
        },
      })
      return source
    },
    onAgent(next, before) {
      // First, so that an observer that looks at the follower sees what it is told of.
      refresh()
      env.onAgent(next)
      for (const observer of observers) runApart(() => observer(next, before))
      if (isBoundary(next, before)) env.frames.flush()
    },
    onConnection() {
      refresh()
      env.frames.flush()
    },
  })
  let view: ChatView = { ...initialChatView, agent: line.agent }

  const lifecycle = {
    onWatched() {
      watcherCount++
      if (watcherCount > 1) return
      env.onWatched()
      if (isPaused) return
      line.want()
      // A line that was given up is tried anew for whoever comes later.
      if (line.connection.status === 'closed') line.retryNow()
    },
    onUnwatched() {
      watcherCount--
      if (watcherCount === 0) env.onUnwatched(() => line.unwant())
    },
  }
  const published = createLiveStore(view, lifecycle)
  const live = createLiveStore(view, lifecycle)
  const publish = (): void => published.write(view)

  function refresh(): void {
    const described = describeConnection(line.connection, line.facts)
    const connection = isSameConnection(view.connection, described) ? view.connection : described
    if (line.agent === view.agent && connection === view.connection) return
    view = { agent: line.agent, connection }
    live.write(view)
    env.frames.offer(publish)
    for (const listener of changeListeners) runApart(listener)
  }

  return {
    get agent() {
      return line.agent
    },
    get isPaused() {
      return isPaused
    },
    store: published.store,
    live: live.store,
    observe(observer) {
      observers.add(observer)
      return () => void observers.delete(observer)
    },
    disconnect() {
      isPaused = true
      line.unwant()
      for (const listener of pauseListeners) runApart(listener)
    },
    onPause(listener) {
      pauseListeners.add(listener)
      return () => void pauseListeners.delete(listener)
    },
    reconnect() {
      isPaused = false
      if (watcherCount === 0) return
      line.want()
      line.retryNow()
    },
    look: () => lookers.look(),
    onChange(listener) {
      changeListeners.add(listener)
      return () => void changeListeners.delete(listener)
    },
    fold: (events) => line.fold(events),
    current: () => view,
  }
}

/** What is not kept for the next frame: ends, beginnings, and what waits for a person. */
function isBoundary(next: AgentState, before: AgentState): boolean {
  return (
    next.activity !== before.activity ||
    next.runs !== before.runs ||
    next.interrupts !== before.interrupts ||
    next.isLoaded !== before.isLoaded ||
    next.isStopRequested !== before.isStopRequested ||
    next.messages.length !== before.messages.length ||
    next.messages.at(-1)?.fact?.status !== before.messages.at(-1)?.fact?.status
  )
}

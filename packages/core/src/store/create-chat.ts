import type { AgentCalls } from './agent-calls.ts'
import { answerByHand } from './answer-by-hand.ts'
import { createChatCommands } from './chat-commands.ts'
import type { AgentAddress } from './outbox.ts'
import { createChatFollower, type ChatFollowerEnv } from './chat-follower.ts'
import type { Chat } from './chat.ts'
import type { ClientSettings } from './client-options.ts'
import type { ClientTools } from './client-tool.ts'
import { toolConfigOf } from './tool-config.ts'
import { createToolRunner, type ToolRunner, type ToolRunnerEnv } from './tool-runner.ts'

/** What a chat needs from its client. */
export interface ChatEnv extends Pick<
  ChatFollowerEnv,
  'frames' | 'line' | 'listen' | 'onWatched' | 'onUnwatched'
> {
  readonly calls: AgentCalls
  readonly settings: Pick<ClientSettings, 'policy' | 'clock'>
  readonly tools: Omit<ToolRunnerEnv, 'submit' | 'fold'>
  /** Whom messages are sent to, as it is known now. */
  readonly readAgent: () => AgentAddress
  /** Told once, of the id that a chat was given by the server. */
  readonly onId: (chatId: string) => void
}

/** A chat with its tools, and the end of both. */
export interface OwnedChat {
  readonly chat: Chat
  /** Ends the tools, and answers that are on their way. */
  close(): void
  /** Whoever watches a chat that was closed has its tools again. A call that was begun is not run again. */
  reopen(): void
}

/** A chat; `chatId`: `null` for one that the first message begins. */
export function createChat(chatId: string | null, env: ChatEnv): OwnedChat {
  const { calls, settings } = env
  /** What was lent, in that order, each with how it is taken back. */
  const lists = new Map<ClientTools, () => void>()
  let over = new AbortController()
  let isNamed = chatId !== null

  const follower = createChatFollower(chatId, {
    ...env,
    onAgent(next) {
      if (!isNamed && next.id !== null) {
        isNamed = true
        env.onId(next.id)
      }
      runner.update(next)
    },
  })
  const startRunner = (): ToolRunner =>
    createToolRunner({
      ...env.tools,
      submit: (id, result, signal) => calls.answerTool(id, result, signal),
      fold: (events) => follower.fold(events),
    })
  let runner = startRunner()

  /** An agent that is described in place is told of the tools that are lent to it. */
  function readAgent(): AgentAddress {
    const { agent, context } = env.readAgent()
    const lent = [...lists.keys()].flat()
    if (agent === null || typeof agent === 'string' || lent.length === 0) return { agent, context }
    const known = new Set((agent.tools ?? []).map(({ name }) => name))
    // Of two with one name, the one that was lent first runs, and is told.
    const byName = new Map(lent.toReversed().map((tool) => [tool.name, tool]))
    const added = [...byName.values()].filter(({ name }) => !known.has(name)).map(toolConfigOf)
    return { agent: { ...agent, tools: [...(agent.tools ?? []), ...added] }, context }
  }

  const commands = createChatCommands({
    follower,
    calls,
    policy: settings.policy,
    readAgent,
    answerTool: (id, result) =>
      answerByHand(id, result, {
        ...settings,
        signal: over.signal,
        fold: (events) => follower.fold(events),
        submit: (text) => calls.answerTool(id, text),
      }),
  })

  return {
    chat: {
      store: follower.store,
      live: follower.live,
      observe: (observer) => follower.observe(observer),
      current: () => follower.current(),
      onChange: (listener) => follower.onChange(listener),
      disconnect: () => follower.disconnect(),
      reconnect: () => follower.reconnect(),
      look: () => follower.look(),
      ...commands,
      hasTool: (name) => runner.hasTool(name),
      lendTools(tools) {
        const list = [...tools]
        lists.set(list, runner.lend(list))
        return () => {
          lists.get(list)?.()
          lists.delete(list)
        }
      },
    },
    close() {
      over.abort()
      runner.close()
    },
    reopen() {
      if (!over.signal.aborted) return
      over = new AbortController()
      runner = startRunner()
      for (const list of lists.keys()) lists.set(list, runner.lend(list))
      runner.update(follower.agent)
    },
  }
}

import { StreamError } from '../errors.ts'
import { isRunOver } from '../state/agent-ends.ts'
import { isChatBusy, selectMessages } from '../state/select-agent.ts'
import { turnMessages } from '../state/turn.ts'
import { unlessDecided } from './already-over.ts'
import { attachmentsOf } from './attachments-of.ts'
import { isUnfinished } from './chat-news.ts'
import type { Chat, MessageInput, Reply, SendMessageOptions } from './chat.ts'
import { createOutbox, type OutboxEnv } from './outbox.ts'
import { waitForTurn, type EndedTurn } from './wait-for-turn.ts'

/** What the commands of a chat need. */
export interface ChatCommandsEnv extends OutboxEnv {
  /** Answers a tool call, again and again until the answer is taken. */
  readonly answerTool: (toolCallId: string, result: string) => Promise<void>
}

/** The part of a {@link Chat} that does something. */
export type ChatCommands = Pick<
  Chat,
  | 'sendMessage'
  | 'retryMessage'
  | 'withdrawMessage'
  | 'stop'
  | 'regenerate'
  | 'submitToolResult'
  | 'alwaysAllowOptions'
  | 'respondToApproval'
  | 'resolveInterrupt'
  | 'loadOlder'
  | 'upload'
>

/** The commands of one chat. */
export function createChatCommands(env: ChatCommandsEnv): ChatCommands {
  const { follower, calls } = env
  const outbox = createOutbox(env)

  async function sendAndWait(
    key: string,
    message: MessageInput,
    options: SendMessageOptions,
  ): Promise<Reply> {
    const { signal } = options
    const messageId = await outbox.send(key, message, options)
    // Whoever sends wants to hear the answer, also where the line was given up, or nobody was to watch any more.
    if (follower.isPaused || follower.current().connection.state === 'closed') follower.reconnect()
    return replyOf(await waitForTurn(follower, messageId, signal))
  }

  function chatId(): string {
    const { id } = follower.agent
    if (id !== null) return id
    throw new StreamError(
      'misuse',
      'The chat has not begun, so there is nothing to answer, stop or read in it. Send a message first.',
    )
  }

  return {
    sendMessage: (message, options = {}) =>
      sendAndWait(outbox.newKey(), typeof message === 'string' ? { text: message } : message, options),
    async retryMessage(key) {
      return await sendAndWait(key, outbox.refused(key), {})
    },
    async withdrawMessage(key) {
      const message = follower.agent.messages.find((one) => one.key === key || one.id === key)
      if (message === undefined) return
      // What becomes of one that the server has, the server says: its turn may just have begun.
      if (message.id !== null) return await calls.cancelMessage(message.id)
      outbox.abort(message.key)
      follower.fold([{ type: 'message-withdrawn', key }])
    },
    async stop() {
      const wasSending = await outbox.abortAll()
      const { agent } = follower
      // That a turn has begun may not have been told yet.
      const isAwaited = agent.awaitedMessageId !== null || isUnfinished(agent)
      const isUnderWay = wasSending || isChatBusy(agent) || isAwaited
      if (agent.id === null || !isUnderWay) return
      follower.fold([{ type: 'stop-requested' }])
      try {
        await calls.stop(agent.id)
      } catch (thrown) {
        follower.fold([{ type: 'stop-rejected' }])
        throw StreamError.from(thrown)
      }
    },
    async regenerate(options = {}) {
      const last = selectMessages(follower.agent).findLast(
        ({ role, status, error }) => role === 'user' && status !== 'sending' && error === null,
      )
      if (last === undefined)
        throw new StreamError(
          'misuse',
          'There is no message to answer once more. Send one before regenerate().',
        )
      const files = [...last.attachments, ...attachmentsOf(last)]
      return await sendAndWait(outbox.newKey(), { text: last.text, files }, options)
    },
    submitToolResult: async (toolCallId, result) => await env.answerTool(toolCallId, toText(result)),
    alwaysAllowOptions: async (toolCallId) => await calls.alwaysAllowOptions(chatId(), toolCallId),
    async respondToApproval(toolCallId, response) {
      switch (response.decision) {
        case 'approve':
          return await unlessDecided(calls.approveTool(toolCallId))
        case 'reject':
          return await unlessDecided(calls.rejectTool(toolCallId, response.reason ?? ''))
        case 'always': {
          const option = response.option ?? (await defaultOption(toolCallId))
          await calls.alwaysAllow(chatId(), toolCallId, option)
          return await unlessDecided(calls.approveTool(toolCallId))
        }
        default:
          return response satisfies never
      }
    },
    resolveInterrupt: (interruptId, decision) => unlessDecided(calls.resolveInterrupt(interruptId, decision)),
    async loadOlder() {
      const { olderCursor, isLoadingOlder } = follower.agent
      if (olderCursor === null || isLoadingOlder) return
      follower.fold([{ type: 'older-asked' }])
      try {
        follower.fold([await calls.messages(chatId(), olderCursor)])
      } catch (thrown) {
        const error = StreamError.from(thrown)
        follower.fold([{ type: 'older-failed', error }])
        throw error
      }
    },
    upload: (file, options = {}) => calls.upload(file, options),
  }

  async function defaultOption(toolCallId: string): Promise<string> {
    const { options, defaultKey, unavailable } = await calls.alwaysAllowOptions(chatId(), toolCallId)
    const key = defaultKey ?? options[0]?.key
    if (key !== undefined) return key
    throw new StreamError(
      'conflict',
      `There is nothing that could be allowed for good here${unavailable === null ? '' : ` (${unavailable})`}. Approve this call alone.`,
    )
  }
}

function toText(result: unknown): string {
  if (typeof result === 'string') return result
  try {
    const text: unknown = JSON.stringify(result ?? null)
    if (typeof text === 'string') return text
  } catch {
    // Said below, for every value that JSON cannot carry.
  }
  throw new StreamError(
    'misuse',
    'The result of the tool cannot be written as JSON, so the agent could not read it. Give text, or plain data without functions, cycles or bigints.',
  )
}

/** What the run of a turn put out; the chat tells it where the last word of the run was lost. */
function outputOf({ output, runId }: EndedTurn['turn'], agent: EndedTurn['agent']): unknown {
  const run = agent.runs.findLast(({ id }) => id === runId)
  return run !== undefined && isRunOver(run.status) ? output : (output ?? agent.output)
}

/** @throws {StreamError} `agent-failed` for a turn that failed */
function replyOf({ turn, agent }: EndedTurn): Reply {
  const messages = turnMessages(turn, agent)
  const message = messages.findLast(({ role }) => role === 'assistant') ?? null
  if (turn.outcome === 'failed')
    throw new StreamError(
      'agent-failed',
      `The agent could not answer${turn.error === null ? '' : `: ${turn.error}`}. Send the message again, or another one.`,
      { detail: turn.error },
    )
  return {
    status: turn.outcome === 'cancelled' ? 'cancelled' : 'completed',
    message,
    messages,
    text: message?.text ?? '',
    output: outputOf(turn, agent),
    chatId: agent.id ?? '',
  }
}

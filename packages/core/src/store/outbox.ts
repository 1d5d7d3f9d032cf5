import { StreamError } from '../errors.ts'
import type { AgentConfig } from '../protocol/agent-config.ts'
import type { RetryPolicy } from '../state/retry-delay.ts'
import type { ChatFollower } from './chat-follower.ts'
import type { Attachment } from '../protocol/agent-event.ts'
import { describeFile, type AgentCalls } from './agent-calls.ts'
import type { MessageInput, SendMessageOptions } from './chat.ts'
import { onAbort } from './on-abort.ts'
import { runApart } from './run-apart.ts'

/** Whom a message is sent to. */
export interface AgentAddress {
  readonly agent: string | AgentConfig | null
  readonly context: Readonly<Record<string, string>> | null
}

/** What an {@link Outbox} needs. */
export interface OutboxEnv {
  readonly follower: ChatFollower
  readonly calls: AgentCalls
  readonly policy: RetryPolicy
  /** Whom messages are sent to, as it is known now. */
  readonly readAgent: () => AgentAddress
}

/** The way of messages to the server: shown at once, sent one after the other. */
export interface Outbox {
  newKey(): string
  /** Uploads and sends; the id that the server gave. What is refused stays shown with its error. */
  send(key: string, message: MessageInput, options: SendMessageOptions): Promise<string>
  /** What could not be sent, with the files that were to go along. @throws {StreamError} `misuse` where there is no such message */
  refused(key: string): MessageInput
  /** Gives up a message that is on its way, as far as it was not sent. */
  abort(key: string): void
  /** Gives up everything that was not sent, and waits for the answers to the rest; whether there was any. */
  abortAll(): Promise<boolean>
}

/** An empty outbox. */
export function createOutbox({ follower, calls, policy, readAgent }: OutboxEnv): Outbox {
  const onTheWay = new Map<string, AbortController>()
  /** What was given for messages that the server does not have: their files are nowhere else. */
  const given = new Map<string, MessageInput>()
  let keyCount = 0
  /** Ends when all messages before have been answered: two at once would begin two chats, or come in any order. */
  let turn: Promise<unknown> = Promise.resolve()

  async function upload(
    files: readonly (Blob | Attachment)[],
    { onUpload = () => {} }: SendMessageOptions,
    signal: AbortSignal,
  ): Promise<readonly Attachment[]> {
    const blobs = files.filter((file) => file instanceof Blob)
    const totalBytes = blobs.reduce((sum, { size }) => sum + size, 0)
    const sent = new Map<Blob, number>()
    const onProgress = (blob: Blob, sentBytes: number): void => {
      sent.set(blob, sentBytes)
      const all = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
      runApart(() => onUpload({ fileCount: blobs.length, sentBytes: all, totalBytes }))
    }
    return await Promise.all(
      files.map(async (file) =>
        file instanceof Blob
          ? await calls.upload(file, { signal, onProgress: ({ sentBytes }) => onProgress(file, sentBytes) })
          : file,
      ),
    )
  }

  async function submit(
    key: string,
    { text = '', files = [] }: MessageInput,
    options: SendMessageOptions,
    { signal, before }: { readonly signal: AbortSignal; readonly before: Promise<unknown> },
  ): Promise<string> {
    const attachments = await upload(files, options, signal)
    if (files.some((file) => file instanceof Blob)) {
      // What is there need not be uploaded once more when the message is sent again.
      given.set(key, { text, files: attachments })
      follower.fold([{ type: 'message-outgoing', key, text, attachments }])
    }
    await before
    const { agent, context } = readAgent()
    const { id } = follower.agent
    const run = { agent, chatId: id, text, attachments, context: id === null ? context : null }
    const { chatId, messageId, events } = await calls.send(run, policy, signal)
    follower.fold([
      { type: 'chat-fields', full: false, fields: { id: chatId } },
      { type: 'message-accepted', key, id: messageId },
      ...events,
    ])
    return messageId
  }

  /** The id of a message that arrived although its answer did not; `null` where it did not arrive, as far as is known. */
  async function arrivedAs(
    key: string,
    { retryable, code }: StreamError,
    signal: AbortSignal,
  ): Promise<string | null> {
    if (!retryable || code === 'rate-limited') return null
    const find = (): string | null =>
      follower.agent.messages.find((message) => message.key === key)?.id ?? null
    const { id, isLoaded } = follower.agent
    // Of a chat that was never read it cannot be told which of its messages are new.
    if (find() !== null || id === null || !isLoaded || signal.aborted) return find()
    try {
      follower.fold([await calls.messages(id, null)])
    } catch {
      // What broke the sending breaks this as well.
    }
    return find()
  }

  return {
    newKey: () => `sent-${++keyCount}`,
    async send(key, message, options) {
      const { text = '', files = [] } = message
      if (text.trim() === '' && files.length === 0) throw nothingToSend()
      const attempt = new AbortController()
      const stopListening =
        options.signal === undefined ? () => {} : onAbort(options.signal, () => attempt.abort())
      if (options.signal?.aborted) attempt.abort()
      onTheWay.set(key, attempt)
      given.set(key, message)
      const attachments = files.map((file) => (file instanceof Blob ? describeFile(file) : file))
      follower.fold([{ type: 'message-outgoing', key, text, attachments }])
      try {
        const before = turn
        const sent = submit(key, message, options, { signal: attempt.signal, before })
        // Also where it fails: that stops nobody behind it, and lets nobody pass those before it.
        turn = Promise.allSettled([before, sent])
        const messageId = await sent
        given.delete(key)
        return messageId
      } catch (thrown) {
        const error = StreamError.from(thrown)
        const arrived = await arrivedAs(key, error, attempt.signal)
        const isWithdrawn = attempt.signal.aborted && arrived === null
        if (isWithdrawn || arrived !== null) given.delete(key)
        follower.fold([
          isWithdrawn ? { type: 'message-withdrawn', key } : { type: 'message-refused', key, error },
        ])
        if (arrived !== null) return arrived
        throw error
      } finally {
        onTheWay.delete(key)
        stopListening()
      }
    },
    refused(key) {
      const outgoing = follower.agent.messages.find((message) => message.key === key)?.outgoing ?? null
      if (outgoing !== null && outgoing.error !== null) {
        return given.get(key) ?? { text: outgoing.text, files: outgoing.attachments }
      }
      throw new StreamError(
        'misuse',
        'No message with this key could not be sent, so there is none to send again. Pass the `key` of a message that has an `error`.',
      )
    },
    abort(key) {
      onTheWay.get(key)?.abort()
      given.delete(key)
    },
    async abortAll() {
      const isSending = onTheWay.size > 0
      for (const attempt of onTheWay.values()) attempt.abort()
      if (isSending) await turn
      return isSending
    },
  }
}

function nothingToSend(): StreamError {
  return new StreamError(
    'misuse',
    'The message is empty, so there is nothing to answer. Give it text or files.',
  )
}

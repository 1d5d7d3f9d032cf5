import { StreamError } from '../errors.ts'
import type { AgentConfig, AgentRunRequest } from '../protocol/agent-config.ts'
import type { AgentEvent, Attachment } from '../protocol/agent-event.ts'
import type { AgentInfo, AlwaysAllowOptions, SentMessage } from '../protocol/agent-protocol.ts'
import type { HttpRequest } from '../source/send.ts'
import type { RetryPolicy } from '../state/retry-delay.ts'
import { unlessOver } from './already-over.ts'
import type { Calls } from './calls.ts'
import type { UploadOptions } from './chat.ts'
import type { ClientSettings } from './client-options.ts'
import { runApart } from './run-apart.ts'
import { sendOnce } from './send-once.ts'

/** What is sent, by whatever way the server takes it. */
export interface OutgoingRun extends Omit<AgentRunRequest, 'agent'> {
  /** `null` for a chat that somebody else began, whose agent is not known here. */
  readonly agent: string | AgentConfig | null
}

/** The questions and commands about agents, each one request; all reject with a `StreamError`. */
export interface AgentCalls {
  /** Sends a message. Repeated only where the server said that it did nothing (429). */
  send(run: OutgoingRun, policy: RetryPolicy, signal: AbortSignal): Promise<SentMessage>
  messages(chatId: string, cursor: string | null): Promise<AgentEvent>
  /** Where nothing is under way any more (404, 409, 410) there is nothing to stop: that is no error. */
  stop(chatId: string): Promise<void>
  /** As {@link AgentCalls.stop}. */
  cancelMessage(messageId: string): Promise<void>
  answerTool(toolCallId: string, result: string, signal?: AbortSignal): Promise<void>
  approveTool(toolCallId: string): Promise<void>
  rejectTool(toolCallId: string, reason: string): Promise<void>
  alwaysAllowOptions(chatId: string, toolCallId: string): Promise<AlwaysAllowOptions>
  alwaysAllow(chatId: string, toolCallId: string, option: string): Promise<void>
  resolveInterrupt(interruptId: string, decision: 'allow' | 'deny'): Promise<void>
  agentInfo(ref: string, signal?: AbortSignal): Promise<AgentInfo>
  upload(file: Blob, options: UploadOptions): Promise<Attachment>
}

/** Calls about agents over the calls of a client. */
export function createAgentCalls(
  { protocol: { agents }, clock }: Pick<ClientSettings, 'protocol' | 'clock'>,
  calls: Pick<Calls, 'ask' | 'uploadAll'>,
): AgentCalls {
  const { requests } = agents

  async function tell(request: HttpRequest, signal?: AbortSignal): Promise<void> {
    await calls.ask(request, signal)
  }

  return {
    async send({ agent, ...run }, policy, signal) {
      const request = agent === null ? plainMessage(run) : requests.runAgent({ ...run, agent })
      return agents.readSent(await sendOnce(() => calls.ask(request, undefined), policy, clock, signal))
    },
    messages: async (chatId, cursor) =>
      agents.readMessages(
        await calls.ask(requests.messages(chatId, { cursor, limit: null }), undefined),
        cursor === null,
      ),
    stop: (chatId) => unlessOver(tell(requests.stopChat(chatId))),
    cancelMessage: (messageId) => unlessOver(tell(requests.cancelMessage(messageId))),
    answerTool: (id, result, signal) => tell(requests.answerTool(id, result), signal),
    approveTool: (id) => asSignedIn(tell(requests.approveTool(id))),
    rejectTool: (id, reason) => asSignedIn(tell(requests.rejectTool(id, reason))),
    alwaysAllowOptions: async (chatId, id) =>
      agents.readAlwaysAllowOptions(
        await asSignedIn(calls.ask(requests.alwaysAllowOptions(chatId, id), undefined)),
      ),
    alwaysAllow: (chatId, id, option) => asSignedIn(tell(requests.alwaysAllow(chatId, id, option))),
    resolveInterrupt: (id, decision) => asSignedIn(tell(requests.resolveInterrupt(id, decision))),
    agentInfo: async (ref, signal) => agents.readAgentInfo(await calls.ask(requests.agentInfo(ref), signal)),
    async upload(file, { signal = new AbortController().signal, onProgress = () => {} }) {
      const uri = await calls.uploadAll(file, (upload) => runApart(() => onProgress(upload)), signal)
      if (typeof uri === 'string') return { ...describeFile(file), uri }
      throw new StreamError('misuse', 'upload() takes a Blob or a File, and was given something else.')
    },
  }

  function plainMessage({ chatId, text, attachments }: Omit<OutgoingRun, 'agent'>): HttpRequest {
    if (chatId === null)
      throw new StreamError(
        'misuse',
        "There is neither an agent nor a chat to send to. Name one: client.agent('namespace/name'), or give a chatId.",
      )
    if (attachments.length > 0)
      throw new StreamError(
        'misuse',
        'Files cannot be sent to a chat whose agent is not known here, because the server takes them with the agent alone. Name the agent beside the chatId.',
      )
    return requests.sendMessage(chatId, text)
  }
}

/** A file before it has an address. */
export function describeFile(file: Blob): Attachment {
  const isNamed = typeof File !== 'undefined' && file instanceof File && file.name !== ''
  return {
    uri: '',
    filename: isNamed ? file.name : 'file',
    contentType: file.type === '' ? 'application/octet-stream' : file.type,
    sizeBytes: file.size,
  }
}

/** Says of a refusal what it means: the live service takes such calls from a person's own sign-in alone (P§2.6). */
async function asSignedIn<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (thrown) {
    const error = StreamError.from(thrown)
    if (error.code !== 'forbidden') throw error
    throw new StreamError(
      'forbidden',
      `The server does not take this decision from an API key${error.detail === null ? '' : ` (${error.detail})`}. Approvals are accepted only from the account holder's own sign-in: decide in the service's own app, or send a session token with getToken.`,
      { status: error.status, problem: error.problem, detail: error.detail, cause: error },
    )
  }
}

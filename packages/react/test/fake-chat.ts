import {
  initialChatView,
  StreamError,
  type AgentState,
  type AlwaysAllowOptions,
  type Attachment,
  type Chat,
  type ChatView,
  type ConnectionInfo,
  type MessageState,
  type ToolInvocation,
  type UploadOptions,
} from '@taskstream/core'
import { createStore } from 'zustand/vanilla'

type MessageFact = NonNullable<MessageState['fact']>
type MessageForecast = NonNullable<MessageState['forecast']>

/** A command that was given to a {@link FakeChat}. */
export interface FakeCall {
  readonly name: string
  readonly args: readonly unknown[]
}

/** An upload that waits for its end. */
export interface FakeUpload {
  readonly file: Blob
  readonly options: UploadOptions
  readonly finish: () => void
  readonly fail: (error: StreamError) => void
}

/** A chat that does nothing but what a test tells it. */
export interface FakeChat {
  readonly chat: Chat
  readonly calls: readonly FakeCall[]
  readonly uploads: readonly FakeUpload[]
  /** Changes what is shown, and publishes it. */
  readonly write: (change: Partial<AgentState>) => void
  readonly setConnection: (change: Partial<ConnectionInfo>) => void
  /** Puts a message in its place, or at the end. */
  readonly put: (message: MessageState) => void
  /** What a command answers from now on; default nothing, at once. */
  readonly answer: (name: string, with_: () => Promise<unknown>) => void
}

/** A chat in a state; default one with an id and nothing in it. */
export function createFakeChat(
  agent: Partial<AgentState> = {},
  connection: Partial<ConnectionInfo> = {},
): FakeChat {
  const initial: ChatView = {
    agent: { ...initialChatView.agent, id: 'chat_1', isLoaded: true, ...agent },
    connection: { ...initialChatView.connection, state: 'live', ...connection },
  }
  const store = createStore<ChatView>(() => initial)
  const calls: FakeCall[] = []
  const uploads: FakeUpload[] = []
  const answers = new Map<string, () => Promise<unknown>>()
  const run = (name: string, args: readonly unknown[]): Promise<unknown> => {
    calls.push({ name, args })
    return answers.get(name)?.() ?? Promise.resolve()
  }
  const write = (change: Partial<AgentState>): void =>
    store.setState(({ agent: before }) => ({ agent: { ...before, ...change } }))
  const command =
    (name: string) =>
    async (...args: readonly unknown[]): Promise<void> =>
      void (await run(name, args))
  const reply =
    (name: string) =>
    async (...args: readonly unknown[]) => {
      await run(name, args)
      return {
        status: 'completed',
        message: null,
        messages: [],
        text: '',
        output: null,
        chatId: 'chat_1',
      } as const
    }
  const chat: Chat = {
    store,
    live: store,
    observe: () => () => {},
    current: store.getState,
    onChange: (listener) => store.subscribe(listener),
    sendMessage: reply('sendMessage'),
    retryMessage: reply('retryMessage'),
    withdrawMessage: command('withdrawMessage'),
    stop: command('stop'),
    regenerate: reply('regenerate'),
    submitToolResult: command('submitToolResult'),
    alwaysAllowOptions: async (id) => (await run('alwaysAllowOptions', [id])) as AlwaysAllowOptions,
    respondToApproval: command('respondToApproval'),
    resolveInterrupt: command('resolveInterrupt'),
    loadOlder: command('loadOlder'),
    upload: (file, options = {}) => {
      calls.push({ name: 'upload', args: [file] })
      return new Promise<Attachment>((resolve, reject) => {
        const name = file instanceof File ? file.name : 'file'
        uploads.push({
          file,
          options,
          finish: () => resolve(fakeAttachment(name, file.type)),
          fail: reject,
        })
        options.signal?.addEventListener('abort', () => reject(new StreamError('aborted', 'Stopped.')))
      })
    },
    lendTools: () => () => {},
    hasTool: () => true,
    disconnect: () => void run('disconnect', []),
    reconnect: () => void run('reconnect', []),
    look: () => () => {},
  }
  return {
    chat,
    calls,
    uploads,
    write,
    setConnection: (change) =>
      store.setState(({ connection: before }) => ({ connection: { ...before, ...change } })),
    put(message) {
      const { messages } = store.getState().agent
      const isHere = messages.some(({ key }) => key === message.key)
      write({
        messages: isHere
          ? messages.map((one) => (one.key === message.key ? { ...message, identity: one.identity } : one))
          : [...messages, message],
      })
    },
    answer: (name, with_) => void answers.set(name, with_),
  }
}

/** A file as it was uploaded. */
export function fakeAttachment(filename: string, contentType: string): Attachment {
  return { uri: `https://files.example/${filename}`, filename, contentType, sizeBytes: 1200 }
}

const emptyMessage: Omit<MessageState, 'key' | 'id' | 'identity'> = {
  fact: null,
  forecast: null,
  outgoing: null,
  thinkingSince: null,
  thinkingUntil: null,
  toolRuns: {},
  toolAnswers: {},
  snapshotAtUs: null,
}

const emptyFact: MessageFact = {
  order: null,
  role: 'assistant',
  status: 'ready',
  content: [],
  invocations: [],
  toolCallId: null,
  runId: null,
  taskId: null,
  createdAt: null,
  updatedAtUs: null,
}

const emptyForecast: MessageForecast = {
  text: '',
  reasoning: '',
  calls: [],
  usage: null,
  lastSeq: null,
  whole: true,
  textLead: 'ahead',
  reasoningLead: 'ahead',
}

/** A message that the server has. `forecast`: pieces of what is about to be stored. */
export function storedMessage(
  key: string,
  fact: Partial<MessageFact>,
  more: Partial<Omit<MessageState, 'forecast' | 'fact'>> & {
    readonly forecast?: Partial<MessageForecast>
  } = {},
): MessageState {
  const { forecast, ...rest } = more
  return {
    ...emptyMessage,
    key,
    id: key,
    identity: {},
    ...rest,
    fact: { ...emptyFact, ...fact },
    forecast: forecast === undefined ? null : { ...emptyForecast, ...forecast },
  }
}

/** What the user wrote. */
export function userMessage(key: string, text: string, fact: Partial<MessageFact> = {}): MessageState {
  return storedMessage(key, { role: 'user', content: [{ type: 'text', text }], ...fact })
}

/** What the agent wrote. */
export function agentMessage(key: string, text: string, fact: Partial<MessageFact> = {}): MessageState {
  return storedMessage(key, { content: [{ type: 'text', text }], ...fact })
}

/** A reply that is being written. */
export function streamingMessage(key: string, text: string): MessageState {
  return storedMessage(key, { status: 'pending' }, { forecast: { text } })
}

/** A message that is on its way, or could not be sent. */
export function outgoingMessage(key: string, text: string, error: StreamError | null = null): MessageState {
  return {
    ...emptyMessage,
    key,
    id: null,
    identity: {},
    outgoing: { text, attachments: [], error, sentAt: 1_700_000_000_000 },
  }
}

/** A call as the server keeps it. */
export function toolInvocation(id: string, facts: Partial<ToolInvocation> = {}): ToolInvocation {
  return {
    id,
    callId: `call_${id}`,
    kind: 'app',
    name: 'search_web',
    displayName: null,
    status: 'completed',
    args: { query: 'weather' },
    result: null,
    data: null,
    widget: null,
    executionId: null,
    ...facts,
  }
}

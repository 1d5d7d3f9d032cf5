import { StreamError } from '../errors.ts'
import type { AgentConfig } from '../protocol/agent-config.ts'
import type { CancelOptions, RunConfig, TaskStatusReport, TaskTimings } from '../protocol/protocol.ts'
import { createSend } from '../source/send.ts'
import type { Task, TaskState } from '../state/task.ts'
import { createCalls } from './calls.ts'
import { atLeast, readLine, readSettings, type ClientOptions, type LineOptions } from './client-options.ts'
import { createAgent, type Agent, type AgentOptions } from './agent-handle.ts'
import { createAgentCalls, type AgentCalls } from './agent-calls.ts'
import { createChats, type Chats, type SharedLines } from './chats.ts'
import { createFollowers, type Followers, type RunFollowOptions } from './followers.ts'
import { createFrameLoop } from './frame-loop.ts'
import { createLineSources } from './line-sources.ts'
import { runApart } from './run-apart.ts'
import { runKey } from './run-key.ts'
import { createTaskRun, type TaskRun, type WatchOptions } from './task-run.ts'
import type { UploadProgress } from './task-view.ts'

/** How one run is followed. */
export interface RunOptions extends LineOptions, WatchOptions {
  /** Milliseconds until watching stops with a `timeout` error; default never. The task goes on, if it was sent by then. */
  readonly timeout?: number
  /** Whether a timeout also cancels the task; default `false`. */
  readonly cancelOnTimeout?: boolean
  /** Told of the files in `input` that are on their way. */
  readonly onUpload?: (upload: UploadProgress) => void
}

/** Tasks that exist, by id. Every call rejects with a `StreamError` when the server refuses or cannot be reached. */
export interface TaskCalls {
  /** The task as it is now. */
  get(id: string, options?: CallOptions): Promise<Task>
  /** Its status alone. */
  status(id: string, options?: CallOptions): Promise<TaskStatusReport>
  /** Its log so far, in lines. */
  logs(id: string, options?: CallOptions): Promise<readonly string[]>
  /** Where its time went. */
  timings(id: string, options?: CallOptions): Promise<TaskTimings>
  /** Asks the server to stop it; one that has ended stays as it is. */
  cancel(id: string, options?: CancelOptions & CallOptions): Promise<void>
  /** Follows it from its present on. Options of the line count for a task that is not followed, or remembered, already. */
  stream(id: string, options?: Omit<RunOptions, 'onUpload'>): TaskRun
}

/** What every call takes. */
export interface CallOptions {
  readonly signal?: AbortSignal
}

/** A connection to one server: runs tasks, follows them, and keeps one line per task however many watch. */
export interface Client {
  /**
   * Runs a task and follows it.
   *
   * @example for await (const update of client.run({ app, input }, { stream: true })) console.log(update.status)
   */
  run(config: RunConfig, options: RunOptions & { readonly stream: true }): TaskRun
  /** Runs a task and waits for its end; rejects as {@link TaskRun.result} does. */
  run(config: RunConfig, options?: RunOptions & { readonly stream?: false }): Promise<Task>
  readonly tasks: TaskCalls
  /**
   * An agent to talk to, by its name or described in place. Nothing is asked of the server before the first message.
   *
   * @throws {StreamError} `misuse` for a name that is empty
   * @example
   * const agent = client.agent('my-org/assistant@latest')
   * const { text } = await agent.sendMessage('Explain quantum entanglement')
   */
  agent<Output = unknown>(agent: string | AgentConfig, options?: AgentOptions<Output>): Agent<Output>
  /** Uploads a file; the address under which inputs name it. */
  upload(
    file: Blob,
    options?: CallOptions & { readonly onProgress?: (upload: UploadProgress) => void },
  ): Promise<string>
  /** The live stores behind the hooks: for bindings to other frameworks. */
  readonly follow: Pick<Followers, 'task' | 'run' | 'list'> & {
    /** The conversation with an agent, shared by everybody who means the same one. */
    readonly conversation: Chats['conversation']
    readonly agentInfo: AgentCalls['agentInfo']
  }
  /** Told of each task that was followed to its end. */
  onSettled(listener: (task: Task) => void): () => void
  /** Ends every line and every loop over a run, and forgets every task. What runs on the server goes on. */
  close(): void
}

/**
 * A client. In a browser give it `proxyUrl`, so that the key stays on your server; in a script `apiKey`.
 *
 * @throws {StreamError} `misuse` for options that contradict each other or are out of range
 */
export function createClient(options: ClientOptions = {}): Client {
  const settings = readSettings(options)
  const settledListeners = new Set<(task: Task) => void>()
  const openRuns = new Set<TaskRun>()
  const calls = createCalls(settings, createSend(options), options.fetch ?? null)
  const agentCalls = createAgentCalls(settings, calls)
  const lines: SharedLines = {
    frames: createFrameLoop(settings.schedule),
    sources: createLineSources(settings, calls.send),
  }
  const chats = createChats(settings, agentCalls, lines)
  const followers = createFollowers(settings, calls, lines, (task: TaskState) => {
    const settled = calls.toTask(task)
    for (const listener of settledListeners) runApart(() => listener(settled))
  })

  function watch(
    id: string | null,
    config: RunConfig | null,
    options: RunOptions,
    wanted: 'updates' | 'result' = 'updates',
  ): TaskRun {
    const { timeout, onUpload } = options
    const runOptions: RunFollowOptions = {
      ...readLine(options, settings),
      timeoutMs: timeout === undefined ? null : atLeast(0, 'timeout', timeout),
      cancelOnTimeout: options.cancelOnTimeout ?? false,
      onUpload: onUpload ?? null,
    }
    const started = createTaskRun(followers.single(id, config, runOptions), options, wanted)
    openRuns.add(started)
    const forget = (): void => void openRuns.delete(started)
    started.result.then(forget, forget)
    return started
  }

  function run(config: RunConfig, options: RunOptions & { readonly stream: true }): TaskRun
  function run(config: RunConfig, options?: RunOptions & { readonly stream?: false }): Promise<Task>
  function run(
    config: RunConfig,
    { stream = false, ...options }: RunOptions & { readonly stream?: boolean } = {},
  ): TaskRun | Promise<Task> {
    // A mistake in the config is thrown here, where it was made, and not later where nobody looks.
    runKey(config)
    settings.protocol.requests.run(config)
    return stream ? watch(null, config, options) : watch(null, config, options, 'result').result
  }

  return {
    run,
    tasks: {
      async get(id, { signal } = {}) {
        const events = await calls.task(id, signal)
        followers.findTask(id)?.fold(events)
        return calls.foldTask(events)
      },
      status: (id, { signal } = {}) => calls.status(id, signal),
      logs: (id, { signal } = {}) => calls.logs(id, signal),
      timings: (id, { signal } = {}) => calls.timings(id, signal),
      async cancel(id, { signal, ...how } = {}) {
        const follower = followers.findTask(id)
        await (follower === null ? calls.cancel(id, how, signal) : follower.cancel(how))
      },
      stream: (id, options = {}) => watch(id, null, options),
    },
    async upload(file, { signal, onProgress = () => {} } = {}) {
      const onUpload = (upload: UploadProgress): void => runApart(() => onProgress(upload))
      const address = await calls.uploadAll(file, onUpload, signal ?? new AbortController().signal)
      if (typeof address === 'string') return address
      throw new StreamError('misuse', 'upload() takes a Blob or a File, and was given something else.')
    },
    agent(agent, agentOptions = {}) {
      if (typeof agent === 'string' && agent.trim() === '')
        throw new StreamError(
          'misuse',
          "The name of the agent is empty. Pass one such as 'namespace/name@latest'.",
        )
      const { chatId, context } = agentOptions
      const conversation = chats.single({
        agent,
        ...(chatId === undefined ? {} : { chatId }),
        ...(context === undefined ? {} : { context }),
      })
      return createAgent(agent, conversation, agentCalls, agentOptions)
    },
    follow: {
      task: followers.task,
      run: followers.run,
      list: followers.list,
      conversation: chats.conversation,
      agentInfo: (ref, signal) => agentCalls.agentInfo(ref, signal),
    },
    onSettled(listener) {
      settledListeners.add(listener)
      return () => void settledListeners.delete(listener)
    },
    close() {
      for (const open of openRuns) open.disconnect()
      followers.clear()
      chats.clear()
      lines.sources.close()
      settledListeners.clear()
    },
  }
}

import { StreamError } from '../errors.ts'
import type { CancelOptions, RunConfig, TaskStatusReport, TaskTimings } from '../protocol/protocol.ts'
import { unnumbered } from '../protocol/protocol.ts'
import type { TaskEvent } from '../protocol/task-event.ts'
import { isTerminalStatus } from '../protocol/task-status.ts'
import { readBodyText } from '../source/body-text.ts'
import { putBytes } from '../source/put-bytes.ts'
import type { HttpRequest, Send } from '../source/send.ts'
import type { RetryPolicy } from '../state/retry-delay.ts'
import { reduceTask } from '../state/reduce-task.ts'
import { initialTask, toTask, type Task, type TaskState } from '../state/task.ts'
import { unlessDecided } from './already-over.ts'
import type { ClientSettings } from './client-options.ts'
import type { UploadProgress } from './task-view.ts'
import { sendOnce } from './send-once.ts'
import { uploadFiles } from './upload-files.ts'

/** What the server made of a run. */
export interface Submitted {
  readonly taskId: string
  readonly events: readonly TaskEvent[]
}

/** The questions and commands of a client, each one request; all reject with a `StreamError`. */
export interface Calls {
  task(id: string, signal?: AbortSignal): Promise<readonly TaskEvent[]>
  status(id: string, signal?: AbortSignal): Promise<TaskStatusReport>
  logs(id: string, signal?: AbortSignal): Promise<readonly string[]>
  timings(id: string, signal?: AbortSignal): Promise<TaskTimings>
  /** A task that has ended needs no stopping (409, 410): that is no error. One that is not known is (404). */
  cancel(id: string, how: CancelOptions, signal?: AbortSignal): Promise<void>
  /** `value` with its files uploaded and replaced by their addresses. */
  uploadAll(value: unknown, onUpload: (upload: UploadProgress) => void, signal: AbortSignal): Promise<unknown>
  /**
   * Uploads the files of a config and sends it. Repeated only when the server said that it did nothing (429). `signal` ends
   * it between requests only: a run that was sent may have been started, so its answer is waited for.
   */
  submit(
    config: RunConfig,
    policy: RetryPolicy,
    onUpload: (upload: UploadProgress) => void,
    signal: AbortSignal,
  ): Promise<Submitted>
  foldTask(events: readonly TaskEvent[]): Task
  toTask(state: TaskState): Task
  /** One request, bounded in time; the body of its answer. */
  ask(request: HttpRequest, signal: AbortSignal | undefined): Promise<string>
  readonly send: Send
}

/** Calls over one `send`. `fetch` is the client's own, for uploads. */
export function createCalls(
  settings: ClientSettings,
  send: Send,
  fetch: ((request: Request) => Promise<Response>) | null,
): Calls {
  const { protocol, clock, connectTimeoutMs } = settings

  async function ask(request: HttpRequest, signal: AbortSignal | undefined): Promise<string> {
    const limit = new AbortController()
    const stop = clock.after(connectTimeoutMs, () => limit.abort())
    const both = signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal])
    try {
      const response = await send(request, { signal: both })
      if (!response.ok) throw await protocol.readError(response)
      return await readBodyText(response, { signal: both })
    } catch (thrown) {
      throw limit.signal.aborted && signal?.aborted !== true ? noAnswer(request, connectTimeoutMs) : thrown
    } finally {
      stop()
    }
  }

  function fold(events: readonly TaskEvent[]): TaskState {
    const context = { nowMs: clock.now(), maxLogLines: settings.maxLogLines }
    return events.reduce((state, event) => reduceTask(state, event, unnumbered, context), initialTask)
  }

  function uploadAll(
    value: unknown,
    onUpload: (upload: UploadProgress) => void,
    signal: AbortSignal,
  ): Promise<unknown> {
    return uploadFiles(value, {
      createTarget: async (file, stop) =>
        protocol.readUploadTarget(await ask(protocol.requests.createFile(file), stop)),
      put: (url, blob, onSent, stop) => putBytes({ url, blob, onSent, signal: stop, fetch, clock }),
      onProgress: onUpload,
      signal,
    })
  }

  return {
    send,
    ask,
    uploadAll,
    toTask,
    foldTask: (events) => toTask(fold(events)),
    task: async (id, signal) => protocol.readTask(await ask(protocol.requests.task(id), signal)),
    status: async (id, signal) => protocol.readStatus(await ask(protocol.requests.taskStatus(id), signal)),
    logs: async (id, signal) =>
      toTask(fold(protocol.readLogs(await ask(protocol.requests.taskLogs(id), signal)))).logs,
    timings: async (id, signal) => protocol.readTimings(await ask(protocol.requests.taskTimings(id), signal)),
    async cancel(id, how, signal) {
      await unlessDecided(ask(protocol.requests.cancelTask(id, how), signal))
    },
    async submit(config, policy, onUpload, signal) {
      const input = await uploadAll(config.input, onUpload, signal)
      const request = protocol.requests.run({ ...config, input })
      const taken = await sendOnce(() => ask(request, undefined), policy, clock, signal)
      const events = protocol.readTask(taken)
      const { id, status } = fold(events)
      if (id === null) throw noId()
      // The answer has no log (P§3.2). What has ended already is read whole by the line; until then it has not ended.
      return isTerminalStatus(status) ? { taskId: id, events: onlyId(id) } : { taskId: id, events }
    },
  }
}

function onlyId(id: string): readonly TaskEvent[] {
  return [{ type: 'task-fields', full: false, fields: { id } }]
}

function noAnswer({ method, path }: HttpRequest, limitMs: number): StreamError {
  return new StreamError(
    'connect-timeout',
    `${method} ${path} was not answered within ${limitMs / 1000} s. What it asked for may have happened all the same; look before you repeat it.`,
    { retryable: true },
  )
}

function noId(): StreamError {
  return new StreamError(
    'malformed',
    'The server accepted the run, but its answer names no task, so it cannot be followed. Check that the address is that of the API.',
  )
}

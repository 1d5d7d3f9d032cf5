import { StreamError } from '../../errors.ts'
import type { HttpRequest } from '../../source/send.ts'
import type { CancelOptions, FileDescription, Protocol, RunConfig } from '../protocol.ts'
import { pathOf } from './path-of.ts'
import type { CancelBodyWire, CreateFilesBodyWire, RunBodyWire } from './wire-types.ts'

const MAX_SESSION_TIMEOUT_SECONDS = 3600

/**
 * Every request about tasks and files, as data. Each throws `misuse` for arguments that the server could only refuse, or
 * that would address something else.
 */
export const inferenceRequests: Protocol['requests'] = {
  run: (config) => ({ method: 'POST', path: '/apps/run', body: runBody(config) }),
  task: (id) => ({ method: 'GET', path: taskPath(id) }),
  taskStatus: (id) => ({ method: 'GET', path: `${taskPath(id)}/status` }),
  taskLogs: (id) => ({ method: 'GET', path: `${taskPath(id)}/logs` }),
  taskTimings: (id) => ({ method: 'GET', path: `${taskPath(id)}/timings` }),
  cancelTask: (id, options) => {
    const body = cancelBody(options)
    const request: HttpRequest = { method: 'POST', path: `${taskPath(id)}/cancel` }
    return body === null ? request : { ...request, body }
  },
  createFile: (file) => ({ method: 'POST', path: '/files', body: filesBody(file) }),
}

/** The request that opens the stream of a task (P§4). @throws {StreamError} `misuse` for an id that cannot be one */
export function taskStream(id: string): HttpRequest {
  return { method: 'GET', path: `${taskPath(id)}/stream` }
}

function taskPath(id: string): string {
  return pathOf('/tasks', id, 'a task', 'the `id` that `run` answered')
}

function runBody(config: RunConfig): RunBodyWire {
  if (!config.app && !config.appId) {
    throw misuse(
      "The run names no app, so there is nothing to run. Pass `app: 'namespace/name'`, or `appId`.",
    )
  }
  return {
    ...optional('app', config.app),
    ...optional('app_id', config.appId),
    ...optional('version_id', config.versionId),
    ...optional('function', config.function),
    // [wire] P§3.2: required, even for an app that takes nothing.
    input: config.input ?? {},
    ...optional('setup', config.setup),
    ...optional('infra', config.infra),
    ...optional('workers', config.workers),
    ...optional('webhook', config.webhook),
    ...optional('session', config.session),
    ...optional('session_timeout', checkSessionTimeout(config)),
    ...optional('run_at', config.runAt === undefined ? undefined : rfc3339(config.runAt)),
    ...optional('metadata', config.metadata),
  }
}

function checkSessionTimeout({ session, sessionTimeoutSeconds: seconds }: RunConfig): number | undefined {
  if (seconds === undefined) return undefined
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SESSION_TIMEOUT_SECONDS) {
    throw misuse(
      `sessionTimeoutSeconds is ${seconds}, and a session can be kept for 1 to ${MAX_SESSION_TIMEOUT_SECONDS} whole ` +
        'seconds. Check that it is in seconds, not milliseconds.',
    )
  }
  if (session !== 'new') {
    throw misuse(
      "sessionTimeoutSeconds only applies to a new session. Add `session: 'new'`, or leave the timeout out.",
    )
  }
  return seconds
}

function rfc3339(runAt: number): string {
  const date = new Date(runAt)
  if (Number.isNaN(date.getTime())) {
    throw misuse('runAt is not a time. Pass epoch milliseconds, such as Date.now() + 60_000.')
  }
  return date.toISOString()
}

function cancelBody({ force, timeoutMs }: CancelOptions): CancelBodyWire | null {
  if (timeoutMs !== undefined && !(Number.isFinite(timeoutMs) && timeoutMs >= 0)) {
    throw misuse(
      `timeoutMs is ${timeoutMs}, which is no time to wait. Pass milliseconds from 0 up, or leave it out.`,
    )
  }
  if (force === undefined && timeoutMs === undefined) return null
  return { ...optional('force', force), ...optional('timeout', timeoutMs) }
}

function filesBody({ filename, contentType, sizeBytes }: FileDescription): CreateFilesBodyWire {
  return { files: [{ uri: '', filename, content_type: contentType, size: sizeBytes }] }
}

/** `{key: value}`, and nothing for a value that was left out. */
function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [Name in Key]?: Value } {
  if (value === undefined) return {}
  const entry: { [Name in Key]?: Value } = {}
  entry[key] = value
  return entry
}

function misuse(message: string): StreamError {
  return new StreamError('misuse', message)
}

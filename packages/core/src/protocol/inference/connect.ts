import { isStreamError, StreamError } from '../../errors.ts'
import { readBodyText } from '../../source/body-text.ts'
import { cancelBody } from '../../source/cancel-body.ts'
import { httpSource, type HttpEnv } from '../../source/http.ts'
import { continued } from '../../source/continued.ts'
import type { HttpRequest } from '../../source/send.ts'
import type { Source } from '../../source/source.ts'
import { untilAborted } from '../../source/until-aborted.ts'
import { withSnapshot } from '../../source/with-snapshot.ts'
import type { Frame } from '../../wire/frame.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { RESOURCE_EVENT } from './decode-task.ts'
import { inferenceRequests, taskStream } from './requests.ts'

/**
 * One attempt to follow a task by its stream, beginning as the server allows it (architecture §6).
 *
 * Where the stream cannot be continued, it is opened first, then the task itself is asked for, and that answer comes
 * before what the stream brought meanwhile, because the service only tells the present (P§4.4, P§12.4).
 */
export function connectTask(id: string, env: HttpEnv, resume: ResumeMode): Source {
  const stream = continued(httpSource(taskStream(id), env))
  const present = withSnapshot(stream, askTask(id, env), { clock: env.clock })
  return (reach) => {
    const canResume = resume === 'auto' && reach.canResume === true && reach.cursor !== null
    if (resume === 'cursor' || canResume) return stream(reach)
    const anew = { ...reach, cursor: resume === 'auto' ? reach.cursor : null }
    return resume === 'replay' ? stream(anew) : present(anew)
  }
}

/** The task itself as a frame, once. */
export function askTask(id: string, env: HttpEnv): (signal: AbortSignal) => Promise<Frame> {
  return (signal) => askResource(inferenceRequests.task(id), env, signal)
}

/** Asks for a resource as a frame. Waits `connectTimeoutMs` for the answer and `idleMs` for its body. */
async function askResource(request: HttpRequest, env: HttpEnv, signal: AbortSignal): Promise<Frame> {
  const controller = new AbortController()
  const end = (): void => controller.abort(signal.reason)
  const arm = (limitMs: number): (() => void) =>
    env.clock.after(limitMs, () => controller.abort(tooLate(request, limitMs)))

  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  let disarm = arm(env.connectTimeoutMs)
  try {
    const sent = env.send(request, { signal: controller.signal })
    const response = await untilAborted(sent, controller.signal).catch((thrown: unknown) => {
      sent.then(cancelBody, ignore)
      throw thrown
    })
    disarm()
    disarm = arm(env.idleMs)
    if (!response.ok) throw await untilAborted(env.readError(response), controller.signal)
    const data = await readBodyText(response, { signal: controller.signal })
    return { type: 'message', event: RESOURCE_EVENT, id: null, data }
  } catch (thrown) {
    const reason: unknown = controller.signal.reason
    throw isStreamError(reason) ? reason : thrown
  } finally {
    disarm()
    signal.removeEventListener('abort', end)
  }
}

function tooLate({ method, path }: HttpRequest, limitMs: number): StreamError {
  return new StreamError(
    'connect-timeout',
    `${method} ${path} was not answered in full within ${limitMs} ms, so the state of the task is not known. It is asked ` +
      'for again; if it happens often, allow more time.',
    { retryable: true },
  )
}

function ignore(): void {}

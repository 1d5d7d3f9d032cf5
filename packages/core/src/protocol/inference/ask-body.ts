import { isStreamError, StreamError } from '../../errors.ts'
import { readBodyText } from '../../source/body-text.ts'
import { cancelBody } from '../../source/cancel-body.ts'
import type { HttpEnv } from '../../source/http.ts'
import type { HttpRequest } from '../../source/send.ts'
import { untilAborted } from '../../source/until-aborted.ts'

/**
 * The body of the answer to one request, as text. Waits `connectTimeoutMs` for the answer and `idleMs` for its body.
 *
 * @throws {StreamError} `connect-timeout`, retryable, when it takes longer; what `env.readError` makes of a refusal
 */
export async function askBody(request: HttpRequest, env: HttpEnv, signal: AbortSignal): Promise<string> {
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
    return await readBodyText(response, { signal: controller.signal })
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
    `${method} ${path} was not answered in full within ${limitMs} ms, so the present state is not known. It is asked ` +
      'for again; if it happens often, allow more time.',
    { retryable: true },
  )
}

function ignore(): void {}

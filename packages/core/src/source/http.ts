import { StreamError } from '../errors.ts'
import { decoderFor } from '../wire/content-type.ts'
import type { Frame, FrameDecoder } from '../wire/frame.ts'
import { createNdjsonDecoder } from '../wire/ndjson.ts'
import { createSseDecoder } from '../wire/sse.ts'
import { type Attempt, createAttempt } from './attempt.ts'
import { type Cadence, createCadence } from './cadence.ts'
import { cancelBody } from './cancel-body.ts'
import { lastEventIdHeader } from './last-event-id.ts'
import type { HttpRequest } from './send.ts'
import type { Reach, Source, SourceEnv } from './source.ts'
import { createWatchdog } from './watchdog.ts'

/** What {@link httpSource} needs: a {@link SourceEnv}, and how the protocol words its refusals. */
export interface HttpEnv extends SourceEnv {
  /** Turns an answer that is not 2xx into the error that it means; reads its body. */
  readonly readError: (response: Response) => Promise<StreamError>
}

const ACCEPT = 'text/event-stream, application/x-ndjson'

/**
 * A {@link Source} over one HTTP response: SSE or NDJSON, chosen by the content type of the answer (P§4.1).
 *
 * Yields `[]` when the answer's headers are there, then one batch per read, empty where a read completes no frame, or
 * one per piece of `chunkSizeBytes`. Silence counts only while a read is pending, so that a slow consumer is never mistaken
 * for a dead line. How much of it is death is learned from the server's heartbeats, over all attempts of one source (see
 * {@link createCadence}).
 *
 * @throws {StreamError} from the iteration: what `env.readError` makes of a refusal, `gone` for an answer without content
 *   (204, 205), `connect-timeout`, `wrong-content-type`, `idle`, `network`, `frame-too-large`; at once: `misuse` for a
 *   chunk size below one byte
 */
export function httpSource(request: HttpRequest, env: HttpEnv): Source {
  const { chunkSizeBytes } = env
  if (chunkSizeBytes !== null && !(chunkSizeBytes >= 1)) {
    throw new StreamError(
      'misuse',
      `chunkSize is ${chunkSizeBytes}, and no piece can be that small. Give a number of bytes from 1, or leave it out.`,
    )
  }
  const cadence = createCadence(env.idleMs)
  return (reach) => createAttempt(reach.signal, (attempt) => listen(request, env, cadence, reach, attempt))
}

async function* listen(
  request: HttpRequest,
  env: HttpEnv,
  cadence: Cadence,
  reach: Reach,
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], void> {
  const response = await open(request, env, reach.cursor, attempt)
  if (response.status === 204 || response.status === 205) throw nothingToStream(request, response.status)
  const decoder = createDecoder(response, env)
  const tellLimit = createLimitTeller(cadence, reach)
  tellLimit()
  yield []
  if (response.body !== null) yield* read(response.body, decoder, env, { cadence, tellLimit }, attempt)
}

/** Waits for the headers of a good answer; the answer to a bad one is read within the same time. */
async function open(
  request: HttpRequest,
  env: HttpEnv,
  cursor: string | null,
  attempt: Attempt,
): Promise<Response> {
  const { signal } = attempt
  const limit = inSeconds(env.connectTimeoutMs)
  let status: number | null = null
  const disarm = env.clock.after(env.connectTimeoutMs, () =>
    attempt.fail(
      new StreamError(
        'connect-timeout',
        status === null
          ? `No answer came from ${request.path} within ${limit}. The request was given up; trying again may help.`
          : `${request.path} answered with status ${status}, but the reason did not arrive within ${limit}. The request was given up; trying again may help.`,
        { retryable: true, status },
      ),
    ),
  )
  try {
    const sent = env.send(
      { ...request, accept: ACCEPT },
      { signal, headers: { ...lastEventIdHeader(cursor) } },
    )
    const response = await attempt.wait(sent, cancelBody)
    signal.addEventListener('abort', () => cancelBody(response))
    if (response.ok) return response
    status = response.status
    throw await attempt.wait(env.readError(response))
  } finally {
    disarm()
  }
}

/** Tells the idle limit whenever it is another than was told last. */
function createLimitTeller(cadence: Cadence, { onIdleLimit }: Reach): () => void {
  let toldMs: number | null = null
  return () => {
    const limitMs = cadence.limitMs()
    if (limitMs === toldMs) return
    toldMs = limitMs
    onIdleLimit?.(limitMs)
  }
}

function nothingToStream({ path }: HttpRequest, status: number): StreamError {
  return new StreamError(
    'gone',
    `${path} answered with status ${status}, which has no content: the server has nothing to stream for this, so no event would ever come. Ask for the state itself instead.`,
    { status },
  )
}

function createDecoder(response: Response, { maxFrameChars }: HttpEnv): FrameDecoder {
  const type = response.headers.get('content-type')
  switch (decoderFor(type)) {
    case 'sse':
      return createSseDecoder({ maxFrameChars })
    case 'ndjson':
      return createNdjsonDecoder({ maxFrameChars })
    case null:
      throw new StreamError(
        'wrong-content-type',
        `The answer is ${type === null ? 'of no declared type' : `of type "${type}"`}, not a stream. Something between this program and the server is probably answering with a page of its own, such as the login page of a network or a proxy that does not forward the request. Look at what the address answers in a browser; it will be tried again.`,
        { retryable: true, status: response.status },
      )
  }
}

async function* read(
  body: ReadableStream<Uint8Array>,
  decoder: FrameDecoder,
  { clock, chunkSizeBytes }: HttpEnv,
  { cadence, tellLimit }: { readonly cadence: Cadence; readonly tellLimit: () => void },
  attempt: Attempt,
): AsyncGenerator<readonly Frame[], void> {
  const reader = body.getReader()
  const line = cadence.open()
  const watchdog = createWatchdog(
    clock,
    () => cadence.limitMs(),
    (waitedMs) => {
      line.died()
      attempt.fail(
        new StreamError(
          'idle',
          `Not a byte came for ${inSeconds(waitedMs)}, not even a sign of life, so the line is taken for dead. It is opened again; nothing is lost on the server.`,
          { retryable: true },
        ),
      )
    },
  )
  attempt.signal.addEventListener('abort', () => {
    watchdog.stop()
    reader.cancel().catch(ignore)
  })
  let heardAtMs = clock.monotonic()
  for (;;) {
    watchdog.watch()
    const bytes = await nextBytes(reader, attempt)
    watchdog.rest()
    if (bytes === null) break
    const nowMs = clock.monotonic()
    let silentMs = nowMs - heardAtMs
    heardAtMs = nowMs
    const pieceSizeBytes = chunkSizeBytes ?? bytes.length
    for (let at = 0; at < bytes.length; at += pieceSizeBytes) {
      const frames = decoder.push(bytes.subarray(at, at + pieceSizeBytes))
      line.heard(silentMs, frames)
      silentMs = 0
      tellLimit()
      yield frames
    }
  }
  const rest = decoder.end()
  if (rest.length > 0) yield rest
}

/** At least one byte, or `null` at the end. A chunk without bytes proves nothing about the line. */
async function nextBytes(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  attempt: Attempt,
): Promise<Uint8Array | null> {
  for (;;) {
    const { done, value } = await attempt.wait(reader.read())
    if (done) return null
    if (value.length > 0) return value
  }
}

function inSeconds(ms: number): string {
  return ms === 1000 ? '1 second' : `${Math.round(ms) / 1000} seconds`
}

function ignore(): void {}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { constants, createGzip } from 'node:zlib'
import { concatBytes } from './bytes.ts'
import { chunkBytes, type ChunkNotation } from './conformance.ts'

/** A part of a body, or a pause before the next one, in milliseconds. */
export type BodyPart = ChunkNotation | { readonly wait: number }

/** What a scripted server does with one request. */
export interface ScriptedResponse {
  readonly status?: number
  /** `{path}` in a value is the path of the scenario. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: readonly BodyPart[]
  /** `end` finishes the body, `reset` cuts it with a TCP RST, `truncate` and `destroy` with a FIN, `hang` stays open. */
  readonly end?: 'end' | 'reset' | 'truncate' | 'destroy' | 'hang'
  /** Whether the body is compressed, and flushed after each part. */
  readonly gzip?: boolean
  /** Cuts the connection before any header. */
  readonly rawReset?: boolean
  /** Accepts the request and never answers. */
  readonly noHeaders?: boolean
}

/** A request as a scripted server has seen it. Times are of `performance.now()`. */
export interface SeenRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly atMs: number
  /** When the answer ended, as the script says; `null` while it goes on. */
  readonly endedAtMs: number | null
  /** Whether the connection that it came on is closed. */
  readonly isClosed: boolean
}

/** A server that gives a fixed answer to the first request, the second, and so on; the last one to all that follow. */
export interface ScenarioServer {
  readonly url: string
  /** Live, oldest first. */
  readonly requests: readonly SeenRequest[]
  close(): Promise<void>
}

/** The path that a scenario asks for. */
export const scenarioPath = '/stream'

/** What a scripted server asks of whoever runs it. Requests are counted from 0. */
export interface ScenarioHooks {
  readonly onRequest: () => void
  /**
   * Settles when the client has read something of the answer to that request: what was sent right before a cut may be
   * lost with it, so that no cut happens earlier.
   */
  readonly untilHeard: (request: number) => Promise<void>
}

/** Serves `responses`. */
export async function serveScenario(
  responses: readonly ScriptedResponse[],
  { onRequest, untilHeard }: ScenarioHooks,
): Promise<ScenarioServer> {
  type Entry = { -readonly [Key in keyof SeenRequest]: SeenRequest[Key] }
  const requests: Entry[] = []
  const server = createServer((incoming, outgoing) => {
    const entry: Entry = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      atMs: performance.now(),
      endedAtMs: null,
      isClosed: false,
    }
    const index = requests.push(entry) - 1
    outgoing.on('close', () => (entry.isClosed = true))
    onRequest()
    const response = responses[Math.min(index, responses.length - 1)]
    if (response === undefined || response.noHeaders) return
    void answer(response, outgoing, () => untilHeard(index)).then((ends) => {
      if (ends) entry.endedAtMs = performance.now()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async close() {
      server.close()
      server.closeAllConnections()
      if (server.listening) await once(server, 'close')
    },
  }
}

/** Plays one response; whether it has ended. */
async function answer(
  response: ScriptedResponse,
  outgoing: ServerResponse,
  untilHeard: () => Promise<void>,
): Promise<boolean> {
  const { socket } = outgoing
  const { end = 'end', body = [], gzip = false } = response
  if (response.rawReset) {
    socket?.resetAndDestroy()
    return true
  }
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    outgoing.setHeader(name, value.replace('{path}', scenarioPath))
  }
  outgoing.writeHead(response.status ?? 200)
  outgoing.flushHeaders()
  const writer = gzip ? createGzipWriter(outgoing) : createPlainWriter(outgoing)
  for (const step of stepsOf(body)) {
    if (typeof step === 'number') await pause(step)
    else await writer.write(step)
    if (outgoing.destroyed) return true
  }
  switch (end) {
    case 'hang':
      return false
    case 'end':
      await writer.end()
      return true
    case 'reset':
      if (body.length > 0) await untilHeard()
      socket?.resetAndDestroy()
      return true
    case 'truncate':
    case 'destroy':
      if (body.length > 0) await untilHeard()
      socket?.destroy()
      return true
  }
}

/** Bytes that are written at once, and pauses between them, in milliseconds. */
function stepsOf(body: readonly BodyPart[]): readonly (Uint8Array | number)[] {
  const steps: (Uint8Array | number)[] = []
  for (const part of body) {
    const last = steps.at(-1)
    if (typeof part === 'object' && 'wait' in part) steps.push(part.wait)
    else if (last instanceof Uint8Array) steps.splice(-1, 1, concatBytes([last, chunkBytes(part)]))
    else steps.push(chunkBytes(part))
  }
  return steps
}

interface Writer {
  write(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
}

function createPlainWriter(outgoing: ServerResponse): Writer {
  return {
    // Why resolved after an error too: a client that has gone away is no failure of the script.
    write: (bytes) => new Promise((resolve) => void outgoing.write(bytes, () => resolve())),
    end: () => new Promise((resolve) => void outgoing.end(() => resolve())),
  }
}

function createGzipWriter(outgoing: ServerResponse): Writer {
  const gzip = createGzip()
  gzip.pipe(outgoing)
  return {
    write: (bytes) =>
      new Promise((resolve) => {
        gzip.write(bytes)
        gzip.flush(constants.Z_SYNC_FLUSH, () => resolve())
      }),
    end: () => new Promise((resolve) => void gzip.end(() => resolve())),
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms))
}

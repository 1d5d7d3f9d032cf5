/** Serves a simulator, or any function from a request to an answer, over HTTP/1.1 in Node. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What to listen on. */
export interface ServeNodeOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Default `127.0.0.1`: this machine alone. */
  readonly host?: string
}

/** A server that listens. */
export interface NodeServer {
  /** Address without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Connections that are open now, idle ones too. */
  readonly openSockets: number
  /** Stops listening and cuts every connection. The port is free when it resolves. */
  close(): Promise<void>
  /**
   * Dies as a process does that is killed: stops listening and resets every connection at once (RST where the system can),
   * in the middle of whatever was being sent. Bodies are cancelled and the signals of requests aborted. The port is free
   * when it resolves, so that `serveNode(handler, { port })` comes back in the same place.
   */
  kill(): Promise<void>
}

/**
 * Listens, and answers each request with `handler`.
 *
 * The handler stands where `fetch` does: a body under `content-encoding: gzip` is plain, and is compressed here, without a
 * flush before its end. Other encodings are the handler's own work.
 *
 * Bodies are streamed and wait for the client to take them. When the client goes away, the request's signal is aborted and
 * the body cancelled. When the handler rejects or a body errors, the connection is cut, so that the client sees an error
 * and no end.
 *
 * Rejects when the port cannot be listened on.
 */
export async function serveNode(
  handler: (request: Request) => Promise<Response>,
  { port = 0, host = '127.0.0.1' }: ServeNodeOptions = {},
): Promise<NodeServer> {
  const sockets = new Set<Socket>()
  const server = createServer((incoming, outgoing) => {
    // Why: whatever fails here has no answer; a cut connection is what the client of a broken server sees.
    serve(incoming, outgoing, handler).catch(() => outgoing.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const stop = (cutConnections: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)))
      cutConnections()
    })
  const address = server.address()
  const actualPort = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actualPort}`,
    port: actualPort,
    get openSockets() {
      return sockets.size
    },
    close: () => stop(() => server.closeAllConnections()),
    kill: () =>
      stop(() => {
        for (const socket of sockets) socket.resetAndDestroy()
      }),
  }
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController()
  outgoing.on('close', () => gone.abort(new DOMException('The client went away.', 'AbortError')))
  const response = await handler(await readRequest(incoming, gone.signal))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.flushHeaders()
  if (response.body === null) {
    outgoing.end()
    return
  }
  const isCompressed = response.headers.get('content-encoding') === 'gzip'
  const body = isCompressed ? response.body.pipeThrough(new CompressionStream('gzip')) : response.body
  const reader = body.getReader()
  const cancel = (): void => void reader.cancel(gone.signal.reason).catch(() => {})
  gone.signal.addEventListener('abort', cancel)
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      if (gone.signal.aborted) return
      await write(outgoing, read.value)
    }
    outgoing.end()
  } finally {
    gone.signal.removeEventListener('abort', cancel)
  }
}

async function readRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const { method = 'GET', url = '/', headers } = incoming
  const parts: Uint8Array[] = []
  for await (const part of incoming as AsyncIterable<Uint8Array>) parts.push(part)
  const hasBody = method !== 'GET' && method !== 'HEAD' && parts.length > 0
  const list = Object.entries(headers).map(([name, value]): [string, string] => [
    name,
    [value].flat().join(', '),
  ])
  const request = new Request(new URL(url, `http://${headers.host ?? 'localhost'}`), {
    method,
    headers: list,
    ...(hasBody ? { body: new Blob(parts.map((part) => new Uint8Array(part))) } : {}),
  })
  // Why: the request's own signal only follows the one it is given, and stops when nobody holds the request any more.
  return Object.defineProperty(request, 'signal', { value: signal })
}

/** Resolves when the bytes have left this process, or never will. */
function write(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(bytes, (error) => (error instanceof Error ? reject(error) : resolve()))
  })
}

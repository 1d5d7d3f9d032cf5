import { utf8 } from './bytes.ts'

/** A server in one function that knows one task, and says of it what a test wrote down. */
export interface ScriptedTask {
  (request: Request): Promise<Response>
  /** Paths that were asked for, oldest first, with the method where it is not GET. */
  readonly asked: readonly string[]
}

/** What such a server says. */
export interface ScriptedTaskOptions {
  /** The body of each stream, as text; the last one repeats. */
  readonly streams: readonly string[]
  /** The task itself; default one that runs. */
  readonly task?: Readonly<Record<string, unknown>>
  /** Whether a stream stays open after its body; default false. */
  readonly staysOpen?: boolean
}

/** NDJSON of these messages. */
export function ndjson(...messages: readonly unknown[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('')
}

/** Makes a {@link ScriptedTask}; a body that begins like an event stream is one, and otherwise NDJSON. */
export function createScriptedTask(options: ScriptedTaskOptions): ScriptedTask {
  const asked: string[] = []
  let streamCount = 0
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url)
    asked.push(request.method === 'GET' ? pathname : `${request.method} ${pathname}`)
    if (!pathname.endsWith('/stream')) return Response.json(options.task ?? { id: 't1', status: 'running' })
    const text = options.streams[Math.min(streamCount++, options.streams.length - 1)] ?? ''
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        if (text !== '') controller.enqueue(utf8(text))
        if (options.staysOpen !== true) controller.close()
      },
    })
    const isNdjson = text.startsWith('{')
    return new Response(body, {
      headers: { 'content-type': isNdjson ? 'application/x-ndjson' : 'text/event-stream' },
    })
  }
  return Object.assign(answer, { asked })
}

import { serveNode, type NodeServer } from '@taskstream/core/testing/node'
import { onTestFinished } from 'vitest'

/** Headers that are about one connection, or about bytes that this proxy has unpacked. */
const notPassedOn = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding']

/**
 * A proxy before the server at `api` that passes everything on, but a stream only when it has ended, as those do that collect an
 * answer before they send it. For the test that runs.
 */
export async function openBufferingProxy(api: string): Promise<NodeServer> {
  const proxy = await serveNode(async (request) => {
    const { pathname, search } = new URL(request.url)
    const { method, signal } = request
    const answer = await fetch(`${api}${pathname}${search}`, {
      method,
      signal,
      headers: request.headers,
      ...(method === 'POST' ? { body: await request.arrayBuffer() } : {}),
    })
    const headers = new Headers(answer.headers)
    for (const name of notPassedOn) headers.delete(name)
    const isStream = answer.headers.get('content-type')?.includes('event-stream') ?? false
    return new Response(isStream ? heldBack(answer) : answer.body, { status: answer.status, headers })
  })
  onTestFinished(() => proxy.close())
  return proxy
}

function heldBack(answer: Response): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(new Uint8Array(await answer.arrayBuffer()))
      controller.close()
    },
  })
}

import { effectOf } from './body-effects.ts'
import { openBodyLine } from './body-line.ts'
import type { Call, Server } from './server.ts'

/** Gives a whole answer the faults of its body; it counts as one message. */
export async function spoilAnswer(answer: Response, call: Call, { openBodies }: Server): Promise<Response> {
  const text = await answer.text()
  let isSent = false
  const close = (): void => line.close()
  openBodies.add(close)
  const line = openBodyLine({
    effects: call.faults.map((fault) => effectOf(fault, null)),
    chunkBytes: 0,
    signal: call.signal,
    encode: (message) => message.text ?? JSON.stringify(message.value),
    onRoom() {
      if (isSent) return
      isSent = true
      const value = parse(text)
      line.send(value === undefined ? { event: null, value: text, text } : { event: null, value })
      if (line.hasRoom) line.close()
    },
    onEnd: () => openBodies.delete(close),
  })
  return new Response(line.body, { status: answer.status, headers: answer.headers })
}

/** The JSON of a text; `undefined` when it is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import { effectOf } from './body-effects.ts'
import { endLine, openBodyLine } from './body-line.ts'
import type { BodyEnd } from './drip-body.ts'
import type { Call, Server } from './server.ts'

/** Gives a whole answer the faults of its body; it counts as one message. */
export async function spoilAnswer(
  answer: Response,
  call: Call,
  { openBodies, faultRandom }: Server,
): Promise<Response> {
  const text = await answer.text()
  const place = { isStream: false, updates: null, random: faultRandom }
  let isSent = false
  const endBy: BodyEnd = (how) => endLine(line, how)
  openBodies.add(endBy)
  const line = openBodyLine({
    effects: call.faults.map((fault) => effectOf(fault, place)),
    chunkBytes: 0,
    signal: call.signal,
    encode: (message) => message.text ?? JSON.stringify(message.value),
    onRoom() {
      if (isSent) return
      isSent = true
      const value = parse(text)
      line.send(value === undefined ? { event: null, value: text, text } : { event: null, value })
      if (line.isOpen) line.close()
    },
    onEnd: () => openBodies.delete(endBy),
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

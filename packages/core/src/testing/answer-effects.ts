import { dripBody } from './drip-body.ts'
import type { AnswerFault } from './fault-kinds.ts'
import { holdBack } from './hold-back.ts'
import type { Call, Server } from './server.ts'
import { connectionLost } from './waits.ts'

/** What a fault does to one answer. */
export interface AnswerEffect {
  /** Milliseconds that the answer comes later. */
  readonly delayMs?: number
  /** Answers in place of the server, or throws what `fetch` rejects with. */
  readonly instead?: (server: Server) => Response
  /** Changes the answer on its way out. */
  readonly dress?: (answer: Response, call: Call, server: Server) => Response
}

type EffectTable = {
  readonly [Kind in AnswerFault['kind']]: (
    fault: Extract<AnswerFault, { readonly kind: Kind }>,
  ) => AnswerEffect
}

const effects: EffectTable = {
  'slow-headers': ({ ms }) => ({ delayMs: ms }),
  unreachable: () => ({
    instead() {
      throw connectionLost()
    },
  }),
  html: () => ({
    instead: ({ responder }) =>
      responder.raw('<!doctype html><title>Sign in</title><h1>Welcome to the network</h1>', 200, {
        'content-type': 'text/html; charset=utf-8',
      }),
  }),
  refuse: ({ refusal }) => ({
    instead: ({ responder, settings }) => responder.refusal(refusal, settings.clock.now()),
  }),
  'wrong-content-type': ({ contentType }) => ({
    dress: (answer) => redress(answer, answer.body, { 'content-type': contentType }),
  }),
  gzip: () => ({
    dress: (answer) =>
      redress(answer, answer.body?.pipeThrough(holdBack()) ?? null, { 'content-encoding': 'gzip' }),
  }),
  drip: ({ bytes, everyMs }) => ({
    dress(answer, { signal }, { settings, openBodies }) {
      const pace = { bytes, everyMs, clock: settings.clock, signal, openBodies }
      return redress(answer, answer.body === null ? null : dripBody(answer.body, pace), {})
    },
  }),
}

/** The effect of a fault on one answer. */
export function answerEffectOf<Kind extends AnswerFault['kind']>(
  fault: Extract<AnswerFault, { readonly kind: Kind }>,
): AnswerEffect {
  return effects[fault.kind](fault)
}

/** The same answer with another body and with changed headers, of which `null` takes one away. */
function redress(
  { status, headers: given }: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  changed: Readonly<Record<string, string | null>>,
): Response {
  const headers = new Headers(given)
  for (const [name, value] of Object.entries(changed)) {
    if (value === null) headers.delete(name)
    else headers.set(name, value)
  }
  return new Response(body, { status, headers })
}

import type { Clock } from '../store/clock.ts'
import { dripBody, type BodyEnd } from './drip-body.ts'
import type { AnswerFault } from './fault-kinds.ts'
import { holdBack } from './hold-back.ts'
import { readdress, redress } from './redress.ts'
import { reshapeBody, type Reshape } from './reshape-body.ts'
import type { Responder } from './respond.ts'
import { splitBytes } from './split-bytes.ts'
import { connectionLost } from './waits.ts'

/** Where an answer is given. */
export interface AnswerPlace {
  readonly responder: Responder
  readonly clock: Clock
  /** The request's own. */
  readonly signal: AbortSignal
  /** Ends of the bodies that somebody else may end. */
  readonly openBodies: Set<BodyEnd>
}

/** What a fault does to one answer. */
export interface AnswerEffect {
  /** Milliseconds that the answer comes later. */
  readonly delayMs?: number
  /** Answers in place of the server, or throws what `fetch` rejects with. */
  readonly instead?: (place: AnswerPlace) => Response
  /** Changes the answer on its way out. */
  readonly dress?: (answer: Response, place: AnswerPlace) => Response
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
  html: () => ({ instead: ({ responder }) => webPage(responder) }),
  'captive-portal': ({ loginUrl }) => ({
    instead: ({ responder }) => readdress(webPage(responder), { url: loginUrl, redirected: true }),
  }),
  refuse: ({ refusal }) => ({
    instead: ({ responder, clock }) => responder.refusal(refusal, clock.now()),
  }),
  'wrong-content-type': ({ contentType }) => ({
    dress: (answer) => redress(answer, answer.body, { 'content-type': contentType }),
  }),
  gzip: () => ({
    dress: (answer, { signal }) =>
      redress(answer, reshaped(answer, holdBack(), signal), { 'content-encoding': 'gzip' }),
  }),
  buffer: ({ bytes }) => ({
    dress: (answer, { signal }) => redress(answer, reshaped(answer, holdBack(bytes ?? Infinity), signal)),
  }),
  split: ({ at }) => ({
    dress: (answer, { signal }) => redress(answer, reshaped(answer, splitBytes(at), signal)),
  }),
  drip: ({ bytes, everyMs }) => ({
    dress(answer, { clock, signal, openBodies }) {
      const pace = { bytes, everyMs, clock, signal, openBodies }
      return redress(answer, answer.body === null ? null : dripBody(answer.body, pace))
    },
  }),
}

/** The effect of a fault on one answer. */
export function answerEffectOf<Kind extends AnswerFault['kind']>(
  fault: Extract<AnswerFault, { readonly kind: Kind }>,
): AnswerEffect {
  return effects[fault.kind](fault)
}

function reshaped({ body }: Response, reshape: Reshape, signal: AbortSignal): Response['body'] {
  return body === null ? null : reshapeBody(body, reshape, signal)
}

function webPage(responder: Responder): Response {
  return responder.raw('<!doctype html><title>Sign in</title><h1>Welcome to the network</h1>', 200, {
    'content-type': 'text/html; charset=utf-8',
  })
}

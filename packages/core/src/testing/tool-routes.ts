import type { AlwaysAllowOptionsWire } from '../protocol/inference/agent-wire-types.ts'
import type { StoredInvocation } from './chat-state.ts'
import type { Held } from './chats.ts'
import { checkInputAnswers } from './input-answers.ts'
import { readJsonObject, type Call, type Handler, type Server } from './server.ts'

/** Wraps a handler that needs the call whose id is this part of its path. */
function ofTool(
  place: 0 | 1,
  answer: (held: Held<StoredInvocation>, call: Call, server: Server) => Response | Promise<Response>,
): Handler {
  return (call, server) => {
    const held = server.chats.ofInvocation(call.params[place] ?? '')
    return held === null
      ? server.responder.problem(404, 'tool invocation not found')
      : answer(held, call, server)
  }
}

/** Wraps a handler that only the account holder may call (P§2.6). */
function ofSignIn(handler: Handler): Handler {
  return (call, server) => {
    const authorization = call.request.headers.get('authorization') ?? ''
    const isKey = /^bearer\s+inf_/i.test(authorization)
    return isKey && server.settings.approvals === 'sign-in'
      ? server.responder.problem(403, "only the account holder's own sign-in may approve", 'forbidden')
      : handler(call, server)
  }
}

/** `POST /tools/{id}`: the result of a client tool, what was put into a widget, or answers to input requests (P§7). */
export const answerTool: Handler = ofTool(0, async ({ chat, value }, { request }, server) => {
  const { responder, chats, counters } = server
  const result = (await readJsonObject(request))?.['result']
  if (typeof result !== 'string') return responder.problem(400, 'result must be a string')
  counters.toolAnswers[value.id] = (counters.toolAnswers[value.id] ?? 0) + 1
  if (value.status === 'awaiting_approval') return responder.problem(409, 'the call waits for its approval')
  const mistake = checkInputAnswers(value.data, result)
  if (mistake !== null) return responder.problem(400, mistake)
  return chats.answer(chat, value.id, { how: 'result', text: result })
    ? responder.ok(null)
    : responder.problem(409, 'nobody waits for this result any more')
})

/** `POST /tools/{id}/invoke`: approves (P§7.3). */
export const approveTool: Handler = ofSignIn(
  ofTool(0, ({ chat, value }, _call, server) =>
    decide(value, server, () => server.chats.answer(chat, value.id, approval)),
  ),
)

/** `POST /tools/{id}/reject` (P§7.3). */
export const rejectTool: Handler = ofSignIn(
  ofTool(0, async ({ chat, value }, { request }, server) => {
    const { reason = null } = (await readJsonObject(request)) ?? { reason: 0 }
    if (reason !== null && typeof reason !== 'string')
      return server.responder.problem(400, 'reason must be a string')
    return decide(value, server, () => server.chats.answer(chat, value.id, { how: 'rejected', text: reason }))
  }),
)

/** `GET /chats/{id}/tools/{id}/always-allow/options` (P§5.2). */
export const readAlwaysAllow: Handler = ofSignIn(
  ofTool(1, ({ value }, _call, { responder }) => responder.ok(optionsOf(value))),
)

/** `POST /chats/{id}/tools/{id}/always-allow`: approves this call, and, by the option, those like it (P§5.2). */
export const alwaysAllow: Handler = ofSignIn(
  ofTool(1, async ({ chat, value }, { request }, { responder, chats }) => {
    const key = (await readJsonObject(request))?.['option']
    const { options } = optionsOf(value)
    if (options === null || options.length === 0)
      return responder.problem(400, 'there is nothing to always allow')
    const option = options.find((one) => one.key === key)
    // [wire] P§2.2: 409 for an option that there is not any more.
    if (option === undefined) return responder.problem(409, 'there is no such option; read the options again')
    if (option.scope === 'tool') chat.allowed.add(value.name)
    chats.answer(chat, value.id, approval)
    return responder.ok({ rules: option.rules })
  }),
)

/** `POST /interrupts/{id}/resolve` (P§5.2). */
export const resolveInterrupt: Handler = ofSignIn(async ({ params, request }, server) => {
  const { responder, chats, chatEncoder } = server
  const held = chats.ofInterrupt(params[0] ?? '')
  if (held === null) return responder.problem(404, 'interrupt not found')
  const decision = (await readJsonObject(request))?.['decision']
  if (decision !== 'allow' && decision !== 'deny')
    return responder.problem(400, 'decision must be allow or deny')
  const { chat, value } = held
  if (value.reason === 'client_tool' || value.reason === 'widget') {
    return responder.problem(400, 'this interrupt ends with the result of its tool')
  }
  const answer = decision === 'allow' ? approval : ({ how: 'rejected', text: null } as const)
  if (!chats.answer(chat, value.resourceId ?? value.id, answer)) {
    return responder.problem(409, 'the interrupt is not pending')
  }
  return responder.ok(chatEncoder.interrupt(chat, chat.interrupts.get(value.id) ?? value))
})

/** `GET /agent-runs/{id}/interrupts` (P§5.2). */
export const listInterrupts: Handler = ({ params }, { responder, chats, chatEncoder }) => {
  const runId = params[0] ?? ''
  const chat = chats.ofRun(runId)
  if (chat === null) return responder.problem(404, 'agent run not found')
  const found = [...chat.interrupts.values()].filter((one) => one.runId === runId)
  return responder.ok(found.map((one) => chatEncoder.interrupt(chat, one)))
}

const approval = { how: 'approved', text: null } as const

function decide({ status }: StoredInvocation, { responder }: Server, act: () => boolean): Response {
  return status === 'awaiting_approval' && act()
    ? responder.ok(null)
    : responder.problem(409, 'the call does not wait for an approval')
}

function optionsOf({ name, args, status }: StoredInvocation): AlwaysAllowOptionsWire {
  if (status !== 'awaiting_approval') {
    return { options: [], default: null, unavailable: 'the call does not wait for an approval' }
  }
  return {
    options: [
      { key: 'exact', scope: 'exact', label: 'this exact call', rules: [`${name}(${JSON.stringify(args)})`] },
      { key: 'tool', scope: 'tool', label: `every call of ${name}`, rules: [`${name}(*)`] },
    ],
    default: 'exact',
  }
}

import { timeStamp } from './encode-task.ts'
import type { Call, Handler, Server } from './server.ts'
import type { Session, SessionStatus } from './sessions.ts'

/** AppSessionDTO (P§3.4), as far as it is about the session. */
interface SessionWire {
  readonly id: string
  readonly created_at: string
  readonly updated_at: string
  readonly worker_id: string
  readonly app_id: unknown
  readonly app_version_id: unknown
  readonly status: SessionStatus
  readonly expires_at: string
  readonly ended_at: string | null
  readonly task_id: string | null
  readonly call_count: number
  readonly last_call_at: string | null
  /** Seconds. */
  readonly idle_timeout: number
}

/** `GET /sessions`: newest first (P§3.4). */
export const listSessions: Handler = (_call, { responder, sessions }) =>
  responder.ok(
    sessions
      .all()
      .toReversed()
      .map((session) => encodeSession(session, sessions.statusOf(session))),
  )

/** `GET /sessions/{id}`. */
export const readSession: Handler = ofSession((session, { responder, sessions }) =>
  responder.ok(encodeSession(session, sessions.statusOf(session))),
)

/** `DELETE /sessions/{id}`: harmless for one that is over. */
export const endSession: Handler = ofSession((session, { responder, sessions }) => {
  sessions.end(session)
  return responder.ok(null)
})

/** `POST /sessions/{id}/keepalive`: starts its time anew, and answers it. */
export const keepSession: Handler = ofSession((session, server) => {
  const { responder, sessions } = server
  const refusal = refuseOver(session, server)
  if (refusal !== null) return refusal
  sessions.touch(session, null)
  return responder.ok(encodeSession(session, sessions.statusOf(session)))
})

/** Refuses what needs a session that is active; `null` for one that is (P§2.2). */
export function refuseOver(session: Session, { responder, sessions }: Server): Response | null {
  switch (sessions.statusOf(session)) {
    case 'active':
      return null
    case 'ended':
      return responder.problem(410, 'the session was ended', 'SESSION_ENDED')
    case 'expired':
      return responder.problem(410, 'the session has expired', 'SESSION_EXPIRED')
  }
}

/** Refuses what needs a session that exists. */
export function refuseUnknown({ responder }: Server): Response {
  return responder.problem(404, 'session not found', 'SESSION_NOT_FOUND')
}

function ofSession(answer: (session: Session, server: Server) => Response): Handler {
  return ({ params }: Call, server) => {
    const session = server.sessions.find(params[0] ?? '')
    return session === null ? refuseUnknown(server) : answer(session, server)
  }
}

function encodeSession(session: Session, status: SessionStatus): SessionWire {
  const { id, lastRun, endedAtMs, lastRunAtMs } = session
  return {
    id,
    created_at: timeStamp(session.createdAtMs),
    updated_at: timeStamp(session.updatedAtMs),
    worker_id: `worker-${id.slice(0, 8)}`,
    app_id: lastRun?.body.app_id ?? null,
    app_version_id: lastRun?.body.version_id ?? null,
    status,
    expires_at: timeStamp(session.expiresAtMs),
    ended_at: endedAtMs === null ? null : timeStamp(endedAtMs),
    task_id: lastRun?.id ?? null,
    call_count: session.runCount,
    last_call_at: lastRunAtMs === null ? null : timeStamp(lastRunAtMs),
    idle_timeout: session.idleTimeoutSeconds,
  }
}

import type { Clock } from '../store/clock.ts'
import type { TaskRun } from './runs.ts'

/** A worker that is kept for one caller (P§3.4). */
export interface Session {
  readonly id: string
  /** Seconds without a run after which it expires. */
  readonly idleTimeoutSeconds: number
  /** Times are epoch milliseconds. */
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly expiresAtMs: number
  readonly endedAtMs: number | null
  readonly lastRun: TaskRun | null
  readonly lastRunAtMs: number | null
  readonly runCount: number
}

/** What a session is good for. */
export type SessionStatus = 'active' | 'ended' | 'expired'

/** The sessions of a simulator, in order of creation. */
export interface Sessions {
  open(idleTimeoutSeconds: number): Session
  find(id: string): Session | null
  all(): readonly Session[]
  statusOf(session: Session): SessionStatus
  /** Starts its time anew, for a run if there is one. */
  touch(session: Session, run: TaskRun | null): void
  end(session: Session): void
}

/** What {@link createSessions} needs. */
export interface SessionsSetup {
  readonly clock: Clock
  readonly newId: () => string
  /** Most sessions that are kept; the oldest is forgotten first. */
  readonly maxSessions: number
}

/** Makes the store of sessions. It holds no timer: whether one has expired follows from the time. */
export function createSessions({ clock, newId, maxSessions }: SessionsSetup): Sessions {
  type Writable = { -readonly [Key in keyof Session]: Session[Key] }
  const sessions = new Map<string, Writable>()
  return {
    find: (id) => sessions.get(id) ?? null,
    all: () => [...sessions.values()],
    open(idleTimeoutSeconds) {
      const nowMs = clock.now()
      const session: Writable = {
        id: newId(),
        idleTimeoutSeconds,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        expiresAtMs: nowMs + idleTimeoutSeconds * 1000,
        endedAtMs: null,
        lastRun: null,
        lastRunAtMs: null,
        runCount: 0,
      }
      sessions.set(session.id, session)
      for (const id of sessions.keys()) {
        if (sessions.size <= maxSessions) break
        sessions.delete(id)
      }
      return session
    },
    statusOf({ endedAtMs, expiresAtMs }) {
      if (endedAtMs !== null) return 'ended'
      return clock.now() < expiresAtMs ? 'active' : 'expired'
    },
    touch({ id }, run) {
      const held = sessions.get(id)
      if (held === undefined) return
      const nowMs = clock.now()
      held.updatedAtMs = nowMs
      held.expiresAtMs = nowMs + held.idleTimeoutSeconds * 1000
      if (run === null) return
      held.lastRun = run
      held.lastRunAtMs = nowMs
      held.runCount++
    },
    end({ id }) {
      const held = sessions.get(id)
      if (held === undefined || held.endedAtMs !== null) return
      held.endedAtMs = clock.now()
      held.updatedAtMs = held.endedAtMs
    },
  }
}

import type { Chats } from './chats.ts'
import type { WritableCounters } from './counters.ts'
import type { BodyEnd } from './drip-body.ts'
import type { ChatEncoder } from './encode-chat.ts'
import type { TaskEncoder } from './encode-task.ts'
import type { EventIds } from './event-ids.ts'
import type { BodyFault } from './fault-kinds.ts'
import type { Responder } from './respond.ts'
import type { Runs } from './runs.ts'
import type { Sessions } from './sessions.ts'
import type { SimulatorOptions, SimulatorSettings } from './simulator-options.ts'
import type { StoredFiles } from './stored-files.ts'
import type { Waits } from './waits.ts'

/** The parts of a simulated server that its routes work with. */
export interface Server {
  readonly settings: SimulatorSettings
  readonly script: SimulatorOptions['script']
  readonly agents: SimulatorOptions['agents']
  readonly runs: Runs
  readonly chats: Chats
  readonly files: StoredFiles
  readonly sessions: Sessions
  readonly encoder: TaskEncoder
  readonly chatEncoder: ChatEncoder
  readonly responder: Responder
  readonly counters: WritableCounters
  readonly waits: Waits
  /** Ends of every open body, for when the server is closed or restarted; each takes itself out when its body ends. */
  readonly openBodies: Set<BodyEnd>
  /** Numbers of events and what stands for them on the wire. */
  readonly eventIds: EventIds
  /** Chance for faults. */
  readonly faultRandom: () => number
  readonly newId: () => string
}

/** A request that has reached its route. */
export interface Call {
  readonly request: Request
  readonly url: URL
  /** The variable parts of the path. */
  readonly params: readonly string[]
  readonly signal: AbortSignal
  /** What goes wrong in the body of the answer. */
  readonly faults: readonly BodyFault[]
}

/** Answers the requests of one route. */
export type Handler = (call: Call, server: Server) => Response | Promise<Response>

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON object in the body of a request; `null` when it is something else. An empty body is `{}`. */
export async function readJsonObject(request: Request): Promise<Readonly<Record<string, unknown>> | null> {
  const text = await request.text()
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

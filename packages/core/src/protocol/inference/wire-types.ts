/**
 * The JSON as it is sent, for encoders and for request bodies. A decoder never trusts these types: it reads `unknown`.
 *
 * Absent optionals come as `null` in most objects, and both mean the same (P§1.1).
 */

/** A status on the wire: a number, a number in a string, or a name (P§0a.1, P§3.1). */
export type StatusWire = number | string

/** What `POST /apps/run` takes (P§3.2). */
export interface RunBodyWire {
  readonly app?: string
  readonly app_id?: string
  readonly version_id?: string
  readonly function?: string
  readonly input: unknown
  readonly setup?: unknown
  readonly infra?: 'private' | 'cloud' | 'private_first'
  readonly workers?: readonly string[]
  readonly webhook?: string
  readonly session?: string
  /** Seconds, 1 to 3600. */
  readonly session_timeout?: number
  /** RFC 3339. */
  readonly run_at?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** What `POST /tasks/{id}/cancel` takes, if anything (P§3.4). */
export interface CancelBodyWire {
  readonly force?: boolean
  /** Milliseconds. */
  readonly timeout?: number
}

/** The whole log so far of one source, as one row (P§3.3). */
export interface LogRowWire {
  readonly id?: string
  readonly created_at?: string
  readonly updated_at?: string
  readonly task_id?: string
  /** 0 build, 1 run, 2 serve, 3 setup, 4 task. */
  readonly log_type: number
  /** Base64 of UTF-8; the documents show plain text. */
  readonly content: string
}

/** One transition of a task (P§3.3). */
export interface TaskEventWire {
  readonly id?: string
  readonly created_at?: string
  readonly event_time: string
  readonly task_id?: string
  readonly status: StatusWire
}

/** Progress in units, of the streaming reference (P§0a.1). */
export interface ProgressWire {
  readonly current: number
  readonly total: number
}

/**
 * A task as `GET /tasks/{id}` answers it and as streams carry it, whole or in parts (P§3.3), as far as it is read here,
 * with the keys of the streaming reference: `status_text`, `progress`, `partial_output`, and lines in `logs` (P§10b).
 */
export interface TaskWire {
  readonly id?: string
  readonly short_id?: string
  readonly status?: StatusWire
  readonly status_text?: string | null
  readonly app_id?: string | null
  /** The app's reference, or the app itself where it was loaded. */
  readonly app?: string | { readonly name: string } | null
  readonly input?: unknown
  readonly output?: unknown
  readonly partial_output?: unknown
  readonly progress?: ProgressWire | number | string | null
  readonly error?: string | null
  readonly logs?: readonly (LogRowWire | string)[] | string | null
  readonly events?: readonly TaskEventWire[] | null
  readonly session_id?: string | null
  /** RFC 3339 with up to six decimals. */
  readonly created_at?: string
  /** RFC 3339 with up to six decimals. */
  readonly updated_at?: string
}

/** What `POST /apps/run` answers: a task without its input, logs and events (P§3.2). */
export interface TaskResultWire {
  readonly id: string
  readonly short_id: string
  readonly status: StatusWire
  readonly status_text: string
  readonly output: unknown
  readonly error?: string | null
  readonly session_id?: string | null
  readonly created_at: string
  readonly updated_at: string
  readonly run_at?: string | null
}

/** What `GET /tasks/{id}/status` answers (P§3.4). */
export interface TaskStatusWire {
  readonly id: string
  readonly status: StatusWire
  readonly updated_at: string
}

/** What `GET /tasks/{id}/logs` answers (P§3.4). */
export interface TaskLogsWire {
  readonly task_id: string
  readonly status: StatusWire
  readonly events: readonly TaskEventWire[] | null
  readonly logs: TaskWire['logs']
}

/** What `GET /tasks/{id}/timings` answers (P§3.4, appendix A4). */
export interface TaskTimingsWire {
  readonly task_id: string
  readonly status: StatusWire
  readonly total_duration?: string
  readonly total_duration_ms: number
  readonly groups: readonly TimingGroupWire[]
  readonly events: readonly TimingEventWire[]
}

/** A stretch of a task's time (P§3.4). */
export interface TimingGroupWire {
  readonly label: string
  readonly start_at: string
  readonly end_at?: string | null
  readonly duration?: string
  readonly duration_ms: number
}

/** A transition as the timings tell it: here the status is its name (P§3.4). */
export interface TimingEventWire {
  readonly status: string
  readonly timestamp: string
  readonly duration?: string
  readonly duration_ms?: number
  readonly next_status?: string
}

/** What `POST /files` takes (P§8). */
export interface CreateFilesBodyWire {
  readonly files: readonly {
    readonly uri: ''
    readonly filename: string
    readonly content_type: string
    /** Bytes. */
    readonly size: number
  }[]
}

/** One file of the list that `POST /files` answers (P§8). */
export interface FileWire {
  readonly id: string
  readonly uri: string
  readonly upload_url: string
  readonly content_type: string
  readonly size: number
  readonly filename: string
}

/** A token delta (P§4.6). */
export interface DeltaWire {
  readonly delta: unknown
  readonly seq?: number | null
  /** Id of the chat message that it belongs to; empty for a plain app run. */
  readonly resource_id?: string | null
}

/** A line that wraps a resource, whole or, with `fields`, in parts (P§4.2 b, c). */
export interface WrappedWire<T> {
  readonly data: T
  readonly fields?: readonly string[]
}

/** A line that names its event (P§4.2 d, e). */
export interface NamedWire<T> extends WrappedWire<T> {
  readonly event: string
}

/** The keep-alive of NDJSON (P§4.2 f). */
export interface HeartbeatWire {
  readonly type: 'heartbeat'
}

/** A word from the server beside its answer (P§1.4). */
export interface NoticeWire {
  readonly level: 'info' | 'warning'
  readonly code: string
  readonly message: string
  readonly meta?: Readonly<Record<string, unknown>>
}

/** The first envelope: success (P§1.4). */
export interface EnvelopeV1Wire<T> {
  readonly success: true
  readonly status: number
  readonly data: T
}

/** The first envelope: error (P§1.4). */
export interface EnvelopeV1ErrorWire {
  readonly success: false
  readonly status: number
  readonly error: {
    readonly code: string
    readonly message: string
    readonly suggestions?: readonly unknown[]
    readonly meta?: Readonly<Record<string, unknown>>
  }
}

/** The current envelope (P§1.4). */
export interface EnvelopeV3Wire<T> {
  readonly data: T
  readonly messages?: readonly NoticeWire[]
}

/** RFC 9457 problem details; the machine code is the last segment of `type` (P§2.1). */
export interface ProblemWire {
  readonly type?: string
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly instance?: string
}

/** One thing that is missing (P§2.3). */
export interface RequirementWire {
  readonly type: string
  readonly key: string
  readonly message: string
  readonly action?: Readonly<Record<string, unknown>> | null
}

/** The body of a 412, no problem details (P§2.3). */
export interface RequirementsWire {
  readonly satisfied: false
  readonly errors: readonly RequirementWire[]
}

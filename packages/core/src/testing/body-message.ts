/** A message on its way out, before it is framed. */
export interface BodyMessage {
  /** Name of the SSE event; `null` when it has none. NDJSON knows no names. */
  readonly event: string | null
  readonly value: unknown
  /** In place of the JSON of the value. */
  readonly text?: string
  /** In place of everything: the message as another server framed it. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  /** Id of the SSE event; NDJSON knows no ids. */
  readonly id?: string
  /** Changes the bytes of the framed message. */
  readonly alter?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>
  /** It is the last one of its body. */
  readonly isLast?: boolean
  /** How many steps of the script have happened when it is said; only messages about a task have it. */
  readonly stepCount?: number
  /** It says that the task has ended. */
  readonly endsTask?: boolean
}

/** How a body goes on after a fault: in silence, to a clean end, or to an error. */
export type BodyTurn = 'stall' | 'eof' | 'reset'

/** What a fault does to one body. A fresh one for each body, so that it may count. */
export interface BodyEffect {
  /** What is written in place of the `nth` message, counted from 1. */
  readonly rewrite?: (message: BodyMessage, nth: number) => readonly BodyMessage[]
  /** What `rewrite` still holds back, when the body comes to its own end. */
  readonly flush?: () => readonly BodyMessage[]
  /** What happens once so many messages have been written, 0 or more; `lastWord` is written before. */
  readonly afterMessages?: {
    readonly count: number
    readonly turn: BodyTurn
    readonly lastWord?: BodyMessage
  }
  /** What happens once so many bytes have been written, 0 or more; no byte more is written. */
  readonly afterBytes?: { readonly count: number; readonly turn: BodyTurn }
}

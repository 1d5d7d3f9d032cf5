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
  /** How many steps of the script, or changes of the chat, have happened when it is said. */
  readonly stepCount?: number
  /** It says that the task, or a message of the chat, has ended. */
  readonly endsTask?: boolean
}

/** Writes what a stream says when it should not. */
export interface StreamWriter {
  /** What the last message was about, whole: as it was after so many steps, then as it was at first. */
  stale(stepCount: number): readonly BodyMessage[]
  /** What comes late, after the end that was said after so many steps: a delta, and an update from before the end. */
  late(stepCount: number): readonly BodyMessage[]
  /** A message that is about nothing else and says what it is about. */
  named(event: string, data: unknown): BodyMessage
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

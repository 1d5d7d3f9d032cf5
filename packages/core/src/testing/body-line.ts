import type { BodyEffect, BodyMessage, BodyTurn } from './body-message.ts'
import type { CutHow } from './fault-kinds.ts'

/** What a {@link BodyLine} needs to know. */
export interface BodyLineSetup {
  /** Text of a message as it goes out. */
  readonly encode: (message: BodyMessage) => string
  readonly effects: readonly BodyEffect[]
  /** Size of the pieces that are handed out; 0 for whatever was written at once. */
  readonly chunkBytes: number
  /** Ends the body with its reason, as `fetch` does. */
  readonly signal: AbortSignal
  /** There may be room again; also called at the start. */
  readonly onRoom: () => void
  /** The body has ended; called once. */
  readonly onEnd: (by: 'client' | 'server') => void
}

/** The writing end of one body. Knows bytes and faults; knows no task and no time. */
export interface BodyLine {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>
  /** Whether more may be written now. False for good once the body has ended, stalled or is about to end. */
  readonly hasRoom: boolean
  /** Whether it goes on: it has neither ended nor stalled, and is not about to end. */
  readonly isOpen: boolean
  /** Writes a message, which faults count and may change. */
  send(message: BodyMessage): void
  /** Writes what is no message: a heartbeat, noise, pieces of a body whose messages nobody counts. */
  write(piece: string | Uint8Array): void
  /** Ends the body cleanly once everything is read. */
  close(): void
  /** Ends the body with an error: once everything is read, or at once, when what waits to be read is lost. */
  fail(error: unknown, when: 'when-read' | 'at-once'): void
}

/** Bytes that wait for a reader before the writer pauses. */
const QUEUE_BYTES = 64 * 1024

/** Opens a body. */
export function openBodyLine(setup: BodyLineSetup): BodyLine {
  const { effects, signal } = setup
  const utf8 = new TextEncoder()
  let phase: 'open' | 'stalled' | 'failing' | 'over' = 'open'
  let failure: unknown
  let messages = 0
  let bytesSent = 0
  let controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>

  const end = (by: 'client' | 'server'): void => {
    if (phase === 'over') return
    phase = 'over'
    signal.removeEventListener('abort', onAbort)
    setup.onEnd(by)
  }
  const onAbort = (): void => {
    if (phase === 'over') return
    controller.error(signal.reason)
    end('client')
  }
  const finish = (): void => {
    controller.close()
    end('server')
  }
  const turn = (to: BodyTurn): void => {
    if (phase !== 'open') return
    if (to === 'stall') phase = 'stalled'
    else if (to === 'eof') finish()
    else failWhenRead(connectionReset())
  }
  const failNow = (): void => {
    controller.error(failure)
    end('server')
  }
  const failWhenRead = (error: unknown): void => {
    // Why: an error at once would throw away what waits in the queue; it comes when that has been read.
    phase = 'failing'
    failure = error
    failIfDrained()
  }
  const failIfDrained = (): void => {
    if (phase === 'failing' && (controller.desiredSize ?? 0) >= QUEUE_BYTES) failNow()
  }
  const turnIfCounted = (): void => {
    for (const { afterMessages, afterBytes } of effects) {
      if (afterBytes !== undefined && bytesSent >= afterBytes.count) turn(afterBytes.turn)
      if (afterMessages === undefined || messages < afterMessages.count || phase !== 'open') continue
      if (afterMessages.lastWord !== undefined) putMessage({ ...afterMessages.lastWord, isLast: true })
      turn(afterMessages.turn)
    }
  }
  const put = (bytes: Uint8Array): void => {
    const limit = Math.min(...effects.map(({ afterBytes }) => afterBytes?.count ?? Infinity))
    const kept = bytes.subarray(0, Math.max(0, limit - bytesSent))
    const size = setup.chunkBytes > 0 ? setup.chunkBytes : kept.length
    for (let start = 0; start < kept.length; start += size)
      controller.enqueue(kept.slice(start, start + size))
    bytesSent += kept.length
  }
  const putMessage = (message: BodyMessage): void => {
    const bytes = message.bytes ?? utf8.encode(setup.encode(message))
    put(message.alter?.(bytes) ?? bytes)
  }
  const flush = (): readonly BodyMessage[] => effects.flatMap((effect) => effect.flush?.() ?? [])

  const line: BodyLine = {
    body: new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start(given) {
          controller = given
        },
        pull() {
          failIfDrained()
          if (phase === 'open') setup.onRoom()
        },
        cancel() {
          end('client')
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: QUEUE_BYTES }),
    ),
    get hasRoom() {
      return phase === 'open' && (controller.desiredSize ?? 0) > 0
    },
    get isOpen() {
      return phase === 'open'
    },
    send({ isLast = false, ...message }) {
      if (phase !== 'open') return
      messages++
      let out: readonly BodyMessage[] = [message]
      for (const { rewrite } of effects) {
        if (rewrite !== undefined) out = out.flatMap((one) => rewrite(one, messages))
      }
      if (isLast) out = [...out, ...flush()]
      for (const [index, one] of out.entries()) {
        putMessage(isLast && index === out.length - 1 ? { ...one, isLast } : one)
      }
      turnIfCounted()
    },
    write(piece) {
      if (phase !== 'open') return
      put(typeof piece === 'string' ? utf8.encode(piece) : piece)
      turnIfCounted()
    },
    close() {
      if (phase === 'over') return
      if (phase === 'open') for (const one of flush()) putMessage(one)
      finish()
    },
    fail(error, when) {
      if (phase === 'over') return
      failure = error
      if (when === 'at-once') failNow()
      else if (phase === 'open') failWhenRead(error)
    },
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  turnIfCounted()
  return line
}

/** Ends a body from outside: cleanly, or as when the connection breaks at once. */
export function endLine(line: BodyLine, how: CutHow): void {
  if (how === 'eof') line.close()
  else line.fail(connectionReset(), 'at-once')
}

/** What reading a body rejects with when the connection breaks. */
export function connectionReset(): TypeError {
  return new TypeError('The connection was reset.')
}

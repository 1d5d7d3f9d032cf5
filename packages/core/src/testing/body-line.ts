import { SPOILT_CHAR } from './body-effects.ts'
import type { BodyEffect, BodyMessage, BodyTurn } from './body-message.ts'

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
  /** Writes a message, which faults count and may change. */
  send(message: BodyMessage): void
  /** Writes text that is no message: a heartbeat, noise. */
  write(text: string): void
  /** Ends the body cleanly once everything is read. */
  close(): void
}

/** Bytes that wait for a reader before the writer pauses. */
const QUEUE_BYTES = 64 * 1024

/** Opens a body. */
export function openBodyLine(setup: BodyLineSetup): BodyLine {
  const { effects, signal } = setup
  const utf8 = new TextEncoder()
  let phase: 'open' | 'stalled' | 'resetting' | 'over' = 'open'
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
    else {
      // Why: an error at once would throw away what waits in the queue; it comes when that has been read.
      phase = 'resetting'
      resetIfDrained()
    }
  }
  const resetIfDrained = (): void => {
    if (phase !== 'resetting' || (controller.desiredSize ?? 0) < QUEUE_BYTES) return
    controller.error(new TypeError('The connection was reset.'))
    end('server')
  }
  const turnIfCounted = (): void => {
    for (const { afterMessages, afterBytes } of effects) {
      if (afterBytes !== undefined && bytesSent >= afterBytes.count) turn(afterBytes.turn)
      if (afterMessages === undefined || messages < afterMessages.count || phase !== 'open') continue
      if (afterMessages.lastWord !== undefined) putMessage({ ...afterMessages.lastWord, isLast: true })
      turn(afterMessages.turn)
    }
  }
  const put = (bytes: Uint8Array<ArrayBuffer>): void => {
    const limit = Math.min(...effects.map(({ afterBytes }) => afterBytes?.count ?? Infinity))
    const kept = bytes.subarray(0, Math.max(0, limit - bytesSent))
    const size = setup.chunkBytes > 0 ? setup.chunkBytes : kept.length
    for (let start = 0; start < kept.length; start += size)
      controller.enqueue(kept.slice(start, start + size))
    bytesSent += kept.length
  }
  const putMessage = (message: BodyMessage): void => {
    const bytes = utf8.encode(setup.encode(message))
    put(message.isSpoilt === true ? spoil(bytes) : bytes)
  }
  const flush = (): readonly BodyMessage[] => effects.flatMap((effect) => effect.flush?.() ?? [])

  const line: BodyLine = {
    body: new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start(given) {
          controller = given
        },
        pull() {
          resetIfDrained()
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
    write(text) {
      if (phase !== 'open') return
      put(utf8.encode(text))
      turnIfCounted()
    },
    close() {
      if (phase === 'over') return
      if (phase === 'open') for (const one of flush()) putMessage(one)
      finish()
    },
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener('abort', onAbort)
  turnIfCounted()
  return line
}

/** Puts bytes that no UTF-8 text holds in place of {@link SPOILT_CHAR}. */
function spoil(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const mark = new TextEncoder().encode(SPOILT_CHAR)
  const at = bytes.findIndex((_, index) => mark.every((byte, offset) => bytes[index + offset] === byte))
  if (at !== -1) bytes.set([0xff, 0xfe, 0xfd], at)
  return bytes
}

import type { StreamFormat } from '../wire/content-type.ts'
import { openBodyLine } from './body-line.ts'
import type { BodyEffect } from './body-message.ts'
import { createEventCutter, type BodyStretch } from './event-cutter.ts'

/** A body on its way from somewhere else. */
export interface RelaySetup {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>
  /** How its messages are framed; `null` when it is no stream and counts as one message. */
  readonly format: StreamFormat | null
  readonly effects: readonly BodyEffect[]
  /** Ends the body with its reason, as `fetch` does. */
  readonly signal: AbortSignal
  /** The body has ended; called once. */
  readonly onEnd: () => void
}

/**
 * A body that hands out another one, with faults. Pieces pass as they come, unless a fault counts or changes messages: then
 * each message passes once it is whole. The other body is given up when this one ends before it.
 */
export function relayBody({
  body,
  format,
  effects,
  signal,
  onEnd,
}: RelaySetup): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader()
  const isCut = effects.some(({ rewrite, afterMessages }) => (rewrite ?? afterMessages) !== undefined)
  const cutter = isCut ? createEventCutter(format) : null
  let isReading = false

  const pass = (stretches: readonly BodyStretch[]): void => {
    for (const { bytes, isMessage } of stretches) {
      if (isMessage) line.send({ event: null, value: null, bytes })
      else line.write(bytes)
    }
  }
  const pump = async (): Promise<void> => {
    if (isReading) return
    isReading = true
    try {
      while (line.hasRoom) {
        const { done, value } = await reader.read()
        if (!done) {
          pass(cutter?.push(value) ?? [{ bytes: value, isMessage: false }])
          continue
        }
        pass(cutter?.end() ?? [])
        if (line.isOpen) line.close()
      }
    } catch (error) {
      line.fail(error, 'when-read')
    }
    isReading = false
  }

  const line = openBodyLine({
    effects,
    signal,
    chunkBytes: 0,
    // Every message that is sent here brings its own bytes.
    encode: () => '',
    onRoom: () => void pump(),
    onEnd() {
      reader.cancel().catch(() => {})
      onEnd()
    },
  })
  return line.body
}

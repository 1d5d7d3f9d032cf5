import type { StreamFormat } from '../wire/content-type.ts'

/** A stretch of a body, as it came. */
export interface BodyStretch {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Whether it is one whole message, framing included, rather than what stands between two. */
  readonly isMessage: boolean
}

/**
 * Cuts a body of any server where its messages end. Put together, the stretches are the body, but for a line feed that is
 * added to a last line of NDJSON without one, so that nothing that is put after it runs into it.
 */
export interface EventCutter {
  /** The stretches that these bytes complete. */
  push(bytes: Uint8Array): readonly BodyStretch[]
  /** The rest, when the body has ended. */
  end(): readonly BodyStretch[]
}

const LF = 10
const CR = 13

/** Makes a cutter. A message is an SSE block with data, a line of NDJSON that is not blank, or the whole of another body. */
export function createEventCutter(format: StreamFormat | null): EventCutter {
  if (format === 'sse') return createBlockCutter()
  const held = createHeldBytes()
  return {
    push(bytes) {
      const cut: BodyStretch[] = []
      for (const byte of bytes) {
        held.add(byte)
        if (format === 'ndjson' && byte === LF) cut.push(lineOf(held.take()))
      }
      return cut
    },
    end() {
      if (format === null) return [{ bytes: held.take(), isMessage: true }]
      if (held.size === 0) return []
      held.add(LF)
      return [lineOf(held.take())]
    },
  }
}

/** @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function createBlockCutter(): EventCutter {
  const held = createHeldBytes()
  let lineFrom = 0
  let hasData = false
  let isFirstLine = true
  let last = 0
  // Why: what follows the carriage return of a blank line may be its second half, which belongs to the block.
  let isOver = false

  const takeBlock = (): BodyStretch => {
    const block = { bytes: held.take(), isMessage: hasData }
    lineFrom = 0
    hasData = false
    isOver = false
    return block
  }
  /** Reads a line whose ending is the byte that was added last. */
  const readLine = (): void => {
    const said = held.text(lineFrom, Math.min(held.size - 1, lineFrom + PREFIX_BYTES))
    const line = isFirstLine ? said.replace(/^\u00EF\u00BB\u00BF/, '') : said
    isFirstLine = false
    lineFrom = held.size
    if (line === 'data' || line.startsWith('data:')) hasData = true
    isOver = line === ''
  }
  return {
    push(bytes) {
      const cut: BodyStretch[] = []
      for (const byte of bytes) {
        const isRestOfCrLf = last === CR && byte === LF
        last = byte
        if (isOver && !isRestOfCrLf) cut.push(takeBlock())
        held.add(byte)
        if (isRestOfCrLf) lineFrom = held.size
        else if (byte === LF || byte === CR) readLine()
        if (isOver && byte === LF) cut.push(takeBlock())
      }
      return cut
    },
    end() {
      if (isOver) return [takeBlock()]
      return held.size === 0 ? [] : [{ bytes: held.take(), isMessage: false }]
    },
  }
}

/** Of a line, what tells that it holds data, after a byte order mark too. */
const PREFIX_BYTES = 8

function lineOf(bytes: Uint8Array<ArrayBuffer>): BodyStretch {
  return { bytes, isMessage: bytes.some((byte) => !BLANK.has(byte)) }
}

/** White space of JSON. */
const BLANK: ReadonlySet<number> = new Set([LF, CR, 9, 32])

interface HeldBytes {
  readonly size: number
  add(byte: number): void
  /** A stretch as Latin-1. */
  text(from: number, to: number): string
  take(): Uint8Array<ArrayBuffer>
}

function createHeldBytes(): HeldBytes {
  let room = new Uint8Array(256)
  let size = 0
  return {
    get size() {
      return size
    },
    add(byte) {
      if (size === room.length) {
        const larger = new Uint8Array(room.length * 2)
        larger.set(room)
        room = larger
      }
      room[size++] = byte
    },
    text: (from, to) => String.fromCharCode(...room.subarray(from, to)),
    take() {
      const taken = room.slice(0, size)
      size = 0
      return taken
    },
  }
}

import { StreamError } from '../src/errors.ts'
import { createAttempt } from '../src/source/attempt.ts'
import type { Reach, Source, Transport } from '../src/source/source.ts'
import type { Frame } from '../src/wire/frame.ts'

/** The resource as a frame, as an answer or a snapshot brings it. */
export const resource = (data: string): Frame => ({ type: 'message', event: '$resource', id: null, data })
/** Something that a stream says. */
export const word = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })

/** One attempt of a {@link HandSource}, whose other end is in the test's hand. */
export interface HandLine {
  readonly reach: Reach
  readonly isOpen: boolean
  /** One read: several frames, or none. */
  send(...frames: readonly Frame[]): void
  end(): void
  fail(error: StreamError): void
}

/** A source that says nothing, not even that it is open, until it is told to. */
export interface HandSource {
  readonly source: Source
  readonly lines: readonly HandLine[]
  /** The newest attempt. */
  readonly last: HandLine
  /** Attempts that hold something now. */
  readonly openCount: number
}

/** Makes a {@link HandSource}. */
export function createHandSource(): HandSource {
  const lines: HandLine[] = []
  return {
    source(reach) {
      const steps: (readonly Frame[] | StreamError | 'end')[] = []
      let wake = (): void => {}
      let isOpen = false
      const push = (step: readonly Frame[] | StreamError | 'end'): void => {
        steps.push(step)
        wake()
      }
      lines.push({
        reach,
        get isOpen() {
          return isOpen
        },
        send: (...frames) => push(frames),
        end: () => push('end'),
        fail: push,
      })
      return createAttempt(reach.signal, async function* listen(attempt) {
        isOpen = true
        attempt.signal.addEventListener('abort', () => {
          isOpen = false
        })
        for (;;) {
          const step = steps.shift()
          if (step === 'end') return
          if (step instanceof StreamError) throw step
          if (step !== undefined) yield step
          else await attempt.wait(new Promise<void>((resolve) => (wake = resolve)))
        }
      })
    },
    lines,
    get last() {
      const last = lines.at(-1)
      if (last === undefined) throw new Error('Nobody listens.')
      return last
    },
    get openCount() {
      return lines.filter((line) => line.isOpen).length
    },
  }
}

/** Somebody who listens to one attempt. */
export interface Listener {
  /** In order: each batch as its texts joined by `+`, `>` and the transport, and at the end `end` or `!` and a code. */
  readonly heard: readonly string[]
  /** The idle limits that it was told, in order. */
  readonly idleLimitsMs: readonly number[]
  abort(): void
  /** Leaves as a loop does. */
  leave(): Promise<unknown>
}

/** Listens to `source` until it ends, from `start` as it is at each moment. */
export function listenTo(
  source: Source,
  start: Pick<Reach, 'cursor' | 'canResume'> = { cursor: null },
): Listener {
  const heard: string[] = []
  const idleLimitsMs: number[] = []
  const owner = new AbortController()
  const onTransport = (transport: Transport): void => void heard.push(`>${transport}`)
  const { signal } = owner
  const reach: Reach = {
    get cursor() {
      return start.cursor
    },
    get canResume() {
      return start.canResume ?? false
    },
    signal,
    onTransport,
    onIdleLimit: (limitMs) => void idleLimitsMs.push(limitMs),
  }
  const batches = source(reach)[Symbol.asyncIterator]()
  const run = async (): Promise<void> => {
    try {
      for (let read = await batches.next(); read.done !== true; read = await batches.next()) {
        heard.push(read.value.map((frame) => (frame.type === 'message' ? frame.data : frame.type)).join('+'))
      }
      heard.push('end')
    } catch (thrown) {
      heard.push(`!${StreamError.from(thrown).code}`)
    }
  }
  void run()
  return {
    heard,
    idleLimitsMs,
    abort: () => owner.abort(),
    leave: () => batches.return?.() ?? Promise.resolve(),
  }
}

import type { AgentEvent } from '../src/protocol/agent-event.ts'
import { unnumbered, type Decode } from '../src/protocol/protocol.ts'
import { createAttempt } from '../src/source/attempt.ts'
import type { Source } from '../src/source/source.ts'
import type { ChatLineEnv } from '../src/store/chat-line.ts'
import { calmSurroundings } from '../src/store/surroundings.ts'
import type { ManualClock } from '../src/testing/manual-clock.ts'
import type { Frame } from '../src/wire/frame.ts'

/** A line to a chat whose other end is in the test's hand. */
export interface FakeChatLine {
  readonly env: Omit<ChatLineEnv, 'onAgent' | 'onConnection'>
  /** Ids of the chats that were listened to, one for each attempt. */
  readonly attempts: readonly string[]
  readonly openCount: number
  /** How often the chat was asked for. */
  readonly askCount: number
  /** What the chat says when it is asked for; default nothing. */
  answerWith(answer: readonly AgentEvent[] | Error): void
  /** Sends events in one frame. */
  send(...events: readonly AgentEvent[]): void
  /** Sends one frame with a number. */
  number(seq: number, ...events: readonly AgentEvent[]): void
  fail(error: Error): void
  /** Ends the bytes. */
  end(): void
}

interface Said {
  readonly seq: number | null
  readonly events: readonly AgentEvent[]
}

/** Makes a {@link FakeChatLine}. Its attempts say nothing until they are told to. */
export function createFakeChatLine(clock: ManualClock): FakeChatLine {
  const attempts: string[] = []
  let openCount = 0
  let askCount = 0
  let answer: readonly AgentEvent[] | Error = []
  let steps: (readonly Frame[] | Error | 'end')[] = []
  let wake = (): void => {}

  const frame = (said: Said): Frame => ({
    type: 'message',
    event: 'message',
    id: null,
    data: JSON.stringify(said),
  })
  const push = (step: (typeof steps)[number]): void => {
    steps.push(step)
    wake()
  }
  const sourceOf =
    (chatId: string): Source =>
    ({ signal }) => {
      attempts.push(chatId)
      const mine: typeof steps = []
      steps = mine
      return createAttempt(signal, async function* listen(attempt) {
        openCount++
        attempt.signal.addEventListener('abort', () => {
          openCount--
          wake()
        })
        while (!attempt.signal.aborted) {
          const step = mine.shift()
          if (step === 'end') return
          if (step instanceof Error) throw step
          if (step !== undefined) yield step
          else
            await new Promise<void>((resolve) => {
              wake = resolve
            })
        }
      })
    }
  const decode: Decode<AgentEvent> = (one) => {
    if (one.type !== 'message') return []
    const { seq, events } = JSON.parse(one.data) as Said
    const stamp = seq === null ? unnumbered : { seq, cursor: String(seq), mark: null }
    return events.map((event) => ({ stamp, event }))
  }

  return {
    env: {
      clock,
      surroundings: calmSurroundings,
      isKeptHidden: true,
      isCursorTrusted: false,
      policy: { maxRetries: 2, retryDelayMs: 1000, maxDelayMs: 30_000 },
      idleMs: 400_000,
      sourceOf,
      decode: () => decode,
      async ask() {
        askCount++
        if (answer instanceof Error) throw answer
        return frame({ seq: null, events: answer })
      },
    },
    attempts,
    get openCount() {
      return openCount
    },
    get askCount() {
      return askCount
    },
    answerWith(next) {
      answer = next
    },
    send: (...events) => push([frame({ seq: null, events })]),
    number: (seq, ...events) => push([frame({ seq, events })]),
    fail: push,
    end: () => push('end'),
  }
}

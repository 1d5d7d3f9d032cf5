import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  AgentEvent,
  ContentPart,
  MessageDelta,
  MessageFields,
  ToolInvocation,
} from '../protocol/agent-event.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import { unnumbered } from '../protocol/protocol.ts'
import { initialAgent, type AgentState } from './agent.ts'
import { reduceAgent } from './reduce-agent.ts'
import { selectMessages } from './select-agent.ts'

/** What the model writes: thoughts, then text, then the arguments of up to two calls. */
interface Piece {
  readonly kind: 'reasoning' | 'text' | 'call'
  readonly call: number
  readonly text: string
}

/** What a reader sees of the message, or what there is to see of it. */
interface Shown {
  readonly reasoning: string
  readonly text: string
  readonly args: readonly string[]
}

const words = (maxLength: number): fc.Arbitrary<string[]> =>
  fc.array(fc.string({ minLength: 1, maxLength: 4 }), { maxLength })

const answer = fc
  .record({
    thoughts: words(6),
    said: words(20),
    calls: fc.array(fc.string(), { maxLength: 2 }),
    cut: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ thoughts, said, calls, cut }): readonly Piece[] => [
    ...thoughts.map((text): Piece => ({ kind: 'reasoning', call: 0, text })),
    ...said.map((text): Piece => ({ kind: 'text', call: 0, text })),
    ...calls.flatMap((value, call) => {
      const json = JSON.stringify({ q: value })
      return Array.from({ length: Math.ceil(json.length / cut) }, (_, place): Piece => {
        return { kind: 'call', call, text: json.slice(place * cut, (place + 1) * cut) }
      })
    }),
  ])
  .filter((pieces) => pieces.length > 0)

/** How a server stores and tells. */
const habits = fc.record({
  stride: fc.integer({ min: 1, max: 7 }),
  base: fc.constantFrom(0, 1),
  hasTimes: fc.boolean(),
  storesCalls: fc.boolean(),
  tellsParts: fc.boolean(),
  /** The end comes without the content, which lands later (P§4.4). */
  endsWithoutContent: fc.boolean(),
})

/** One connection; `holds`: what it brings waits for the answer about the present. */
const life = fc.record({
  run: fc.nat(10),
  away: fc.nat(6),
  loses: fc.boolean(),
  doubles: fc.boolean(),
  greets: fc.boolean(),
  holds: fc.boolean(),
  answerAfter: fc.nat(4),
  answerIsStale: fc.boolean(),
})

const upTo = (pieces: readonly Piece[], count: number): Shown => {
  const args: string[] = []
  let [reasoning, text] = ['', '']
  for (const piece of pieces.slice(0, count)) {
    if (piece.kind === 'reasoning') reasoning += piece.text
    else if (piece.kind === 'text') text += piece.text
    else args[piece.call] = (args[piece.call] ?? '') + piece.text
  }
  return { reasoning, text, args }
}

function contentOf({ reasoning, text, args }: Shown, storesCalls: boolean): readonly ContentPart[] {
  const content: ContentPart[] = []
  if (reasoning !== '') content.push({ type: 'reasoning', text: reasoning })
  if (text !== '') content.push({ type: 'text', text })
  if (!storesCalls) return content
  return [
    ...content,
    ...args.map((argsText, call): ContentPart => ({
      type: 'tool-call',
      callId: `call_${call}`,
      name: 'look',
      argsText,
    })),
  ]
}

function invocationsOf({ args }: Shown): readonly ToolInvocation[] {
  return args.map((argsText, call) => ({
    id: `v${call}`,
    callId: `call_${call}`,
    kind: 'app',
    name: 'look',
    displayName: null,
    status: 'in_progress',
    args: JSON.parse(argsText) as unknown,
    result: null,
    data: null,
    widget: null,
    executionId: null,
  }))
}

function deltaOf({ kind, call, text }: Piece, isFirstOfCall: boolean): MessageDelta {
  const callDelta = {
    index: call,
    callId: isFirstOfCall ? `call_${call}` : null,
    name: isFirstOfCall ? 'look' : null,
    argsText: text,
  }
  return {
    text: kind === 'text' ? text : '',
    reasoning: kind === 'reasoning' ? text : '',
    toolCalls: kind === 'call' ? [callDelta] : [],
    usage: null,
  }
}

function shownOf(state: AgentState): Shown {
  const parts = selectMessages(state)[0]?.parts ?? []
  const all = (kind: 'text' | 'reasoning'): string =>
    parts.flatMap((part) => (part.type === kind ? [part.text] : [])).join('')
  return {
    reasoning: all('reasoning'),
    text: all('text'),
    args: parts.flatMap((part) => (part.type === 'tool-call' ? [part.call.argsText] : [])),
  }
}

function isPrefix(short: Shown, long: Shown): boolean {
  return (
    long.text.startsWith(short.text) &&
    long.reasoning.startsWith(short.reasoning) &&
    short.args.length <= long.args.length &&
    short.args.every((args, place) => long.args[place]?.startsWith(args))
  )
}

describe('fact and forecast of a message, whatever is lost, doubled, late or stale', () => {
  it('L12: what is shown is a prefix of the truth, never shrinks, and ends as it', () => {
    const counts = { ahead: 0, holes: 0, early: 0, ended: 0 }
    fc.assert(
      fc.property(answer, habits, fc.array(life, { maxLength: 8 }), (pieces, habit, lives) => {
        const { stride, base, hasTimes, storesCalls, tellsParts, endsWithoutContent } = habit
        const all = pieces.length
        const truth = upTo(pieces, all)
        let state = initialAgent
        let made = 0
        let shown: Shown = { reasoning: '', text: '', args: [] }

        const fieldsAt = (at: number): MessageFields => {
          const isOver = at >= all
          const stored = upTo(pieces, isOver ? all : at - (at % stride))
          return {
            order: 1,
            role: 'assistant',
            status: isOver ? 'ready' : 'pending',
            content: contentOf(stored, storesCalls),
            invocations: isOver ? invocationsOf(stored) : [],
            ...(hasTimes ? { updatedAtUs: isOver ? all : at - (at % stride) } : {}),
          }
        }
        const stored = (at: number): AgentEvent => ({
          type: 'message-fields',
          id: 'm1',
          full: true,
          fields: fieldsAt(at),
        })
        const told = (at: number): AgentEvent => {
          if (!tellsParts) return stored(at)
          const { status = 'pending', content = [], invocations = [] } = fieldsAt(at)
          const isBare = at >= all && endsWithoutContent
          const fields = isBare ? { status, invocations } : { status, content, invocations }
          return { type: 'message-fields', id: 'm1', full: false, fields }
        }
        const take = (event: AgentEvent | LocalAgentEvent): void => {
          const held = state.messages[0] ?? state.early[0]
          // A server that counts from 0 and whose first piece was missed looks like one that counts from 1.
          if (event.type === 'message-delta' && base === 0 && event.seq === 1)
            fc.pre(held?.fact?.status === 'ready' || (held?.forecast?.lastSeq ?? null) !== null)
          state = reduceAgent(state, event, unnumbered, { nowMs: made })
          const next = shownOf(state)
          if (!isPrefix(next, truth)) expect(next).toEqual(truth)
          if (!isPrefix(shown, next)) expect(next).toEqual(shown)
          shown = next
          const { fact, forecast } = state.messages[0] ?? { fact: null, forecast: null }
          if (fact !== null && forecast?.textLead === 'ahead') counts.ahead++
          if (forecast?.whole === false) counts.holes++
          if (fact?.status === 'ready' && forecast !== null) counts.ended++
          if (state.early.length > 0) counts.early++
        }

        for (const { run, away, loses, doubles, greets, holds, answerAfter, answerIsStale } of lives) {
          take({ type: 'line-opened', isContinued: false })
          let isAnswered = false
          const held: AgentEvent[] = []
          const emit = (event: AgentEvent): void => {
            if (isAnswered || !holds) take(event)
            else held.push(event)
          }
          const asked = stored(made)
          if (greets) emit(stored(made))
          for (let place = 0; place <= run; place++) {
            if (!isAnswered && place >= answerAfter) {
              take(answerIsStale ? asked : stored(made))
              isAnswered = true
              for (const event of held) take(event)
            }
            const piece = pieces[made]
            if (piece === undefined) break
            const before = pieces[made - 1]
            const isFirstOfCall =
              piece.kind === 'call' && (before?.kind !== 'call' || before.call !== piece.call)
            const delta: AgentEvent = {
              type: 'message-delta',
              id: 'm1',
              seq: made + base,
              delta: deltaOf(piece, isFirstOfCall),
            }
            made++
            if (!(loses && place === 2)) emit(delta)
            if (doubles && place === 1) emit(delta)
            if (made % stride === 0 || made === all) emit(told(made))
          }
          made = Math.min(all, made + away)
        }
        take(stored(all))
        expect(shown).toEqual(truth)
        expect(state.messages[0]).toMatchObject({ forecast: null, fact: { status: 'ready' } })
        expect(state.early).toEqual([])
      }),
      { numRuns: 3000 },
    )
    // The property would be idle if nothing were ever foreseen, lost, early, or ended before its content came.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(300)
  }, 60_000)
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentEvents, type AnyAgentEvent } from '../../test/arbitrary-agent.ts'
import { unnumbered, type Stamp } from '../protocol/protocol.ts'
import { isMessageOver, isRunOver, isToolOver } from './agent-ends.ts'
import { initialAgent, type AgentState, type MessageState } from './agent.ts'
import { admit } from './position.ts'
import { reduceAgent } from './reduce-agent.ts'
import {
  selectAgentError,
  selectAgentStatus,
  selectMessageKeys,
  selectMessages,
  selectPartialOutput,
} from './select-agent.ts'
import { advanceTurn, beginTurn } from './turn.ts'

const runs = { numRuns: 3000 }
const patience = 60_000
const context = { nowMs: 1000 }
const lives = fc.array(agentEvents, { maxLength: 30 })

const step = (state: AgentState, event: AnyAgentEvent): AgentState =>
  reduceAgent(state, event, unnumbered, context)
const fold = (events: readonly AnyAgentEvent[], from: AgentState = initialAgent): AgentState =>
  events.reduce(step, from)

/** What is told of one message alone. */
function ownIdOf(event: AnyAgentEvent): string | null {
  return event.type === 'message-delta' || (event.type === 'message-fields' && !event.full) ? event.id : null
}

describe('any life of a chat', () => {
  it(
    'L4: an event that is said again changes nothing, not even the reference',
    () => {
      fc.assert(
        fc.property(lives, agentEvents, (before, event) => {
          const once = fold([event], fold(before))
          expect(step(once, event)).toBe(once)
        }),
        runs,
      )
    },
    patience,
  )

  it(
    'L9: what an event does not name keeps its identity, in the state and on the screen',
    () => {
      fc.assert(
        fc.property(lives, agentEvents, (life, event) => {
          const before = fold(life)
          const shownBefore = new Map(selectMessages(before).map((message) => [message.key, message]))
          const after = step(before, event)
          if (
            event.type === 'chat-fields' ||
            event.type === 'run-fields' ||
            event.type === 'interrupt-fields'
          )
            expect([after.messages, after.early]).toEqual([before.messages, before.early])
          if (event.type !== 'chat-fields' && event.type !== 'interrupt-fields')
            expect([after.interrupts, after.plan, after.output]).toEqual([
              before.interrupts,
              before.plan,
              before.output,
            ])
          if (event.type !== 'run-fields') expect(after.runs).toBe(before.runs)
          const shown = selectMessages(after)
          const id = ownIdOf(event)
          for (const [place, message] of after.messages.entries()) {
            const held = before.messages.find(({ key }) => key === message.key)
            if (id !== null && message.id !== id) expect(message).toBe(held)
            if (message === held && before.interrupts === after.interrupts)
              expect(shown[place]).toBe(shownBefore.get(message.key))
          }
          if (after.messages === before.messages)
            expect(selectMessageKeys(after)).toBe(selectMessageKeys(before))
        }),
        runs,
      )
    },
    patience,
  )

  it(
    'L2: how many events are folded before somebody looks changes nothing of what is seen in the end',
    () => {
      fc.assert(
        fc.property(lives, fc.infiniteStream(fc.boolean()), (life, looks) => {
          let looked = initialAgent
          for (const event of life) {
            looked = step(looked, event)
            if (looks.next().value === true) selectMessages(looked)
          }
          const unseen = fold(life)
          expect(looked).toEqual(unseen)
          expect(selectMessages(looked)).toEqual(selectMessages(unseen))
        }),
        runs,
      )
    },
    patience,
  )

  it(
    'L7: how a message, a call and a run ended stays',
    () => {
      fc.assert(
        fc.property(lives, lives, (life, more) => {
          let state = fold(life)
          for (const event of more) {
            const next = step(state, event)
            for (const message of state.messages) expectEndsKept(message, next)
            for (const run of state.runs) {
              if (!isRunOver(run.status)) continue
              expect(next.runs.find(({ id }) => id === run.id)?.status).toBe(run.status)
            }
            state = next
          }
        }),
        runs,
      )
    },
    patience,
  )

  it(
    'messages stand in their order, each id and each key once, and what is selected never throws',
    () => {
      fc.assert(
        fc.property(lives, (life) => {
          let turn = beginTurn('m1')
          let state = initialAgent
          for (const event of life) {
            state = step(state, event)
            const ids = state.messages.flatMap(({ id }) => id ?? [])
            expect(new Set(ids).size).toBe(ids.length)
            expect(new Set(selectMessageKeys(state)).size).toBe(state.messages.length)
            const orders = state.messages.map(({ fact }) => (fact === null ? 100 : (fact.order ?? 99)))
            expect(orders).toEqual([...orders].sort((a, b) => a - b))
            selectPartialOutput(state)
            expect(selectAgentStatus(state) === 'error' && selectAgentError(state) === null).toBe(false)
            const next = advanceTurn(turn, state)
            if (turn.outcome !== 'waiting') expect(next).toBe(turn)
            turn = next
          }
        }),
        runs,
      )
    },
    patience,
  )

  it(
    'L3, L4, L5: a numbered stream is applied in order, each event once, whatever is doubled or missing',
    () => {
      const deliveries = fc.array(fc.nat(14), { maxLength: 40 })
      const numbered = fc.array(agentEvents, { minLength: 15, maxLength: 15 })
      fc.assert(
        fc.property(numbered, deliveries, (events, order) => {
          const stampOf = (place: number): Stamp => ({ seq: place + 1, cursor: null, mark: place })
          let state = initialAgent
          let taken = 0
          for (const place of [0, ...order]) {
            const event = events[place]
            if (event === undefined) continue
            const verdict = admit(state.position, stampOf(place))
            const next = reduceAgent(state, event, stampOf(place), context)
            if (verdict !== 'apply') expect(next).toBe(state)
            else {
              expect(place).toBe(taken)
              taken++
              expect(next.position.seq).toBe(taken)
            }
            state = next
          }
          expect({ ...state, position: null }).toEqual({ ...fold(events.slice(0, taken)), position: null })
        }),
        runs,
      )
    },
    patience,
  )
})

function expectEndsKept(message: MessageState, next: AgentState): void {
  const { fact } = message
  const later = next.messages.find(({ id }) => id !== null && id === message.id)?.fact
  if (fact === null || later === undefined || later === null) return
  if (isMessageOver(fact.status)) expect(later.status).toBe(fact.status)
  for (const call of fact.invocations) {
    const after = later.invocations.find(({ id }) => id === call.id)
    if (isToolOver(call.status) && after !== undefined) expect(after).toMatchObject({ status: call.status })
  }
}

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createQueuedLocks, createSharedStorage, stateOfCalls } from '../../test/tool-world.ts'
import { StreamError } from '../errors.ts'
import type { StoredToolStatus } from '../protocol/agent-event.ts'
import { type AgentState, initialAgent } from '../state/agent.ts'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import type { AnyClientTool, ClientToolContext } from './client-tool.ts'
import { createToolLedger } from './tool-ledger.ts'
import { createToolLocks } from './tool-locks.ts'
import { createToolRunner, type ToolRunner } from './tool-runner.ts'

const ids = ['a', 'b'] as const
type Id = (typeof ids)[number]

/** What becomes of one attempt to answer: taken or not, and whether that is heard of. */
type Fate = 'taken' | 'unheard' | 'cut' | 'busy' | 'slow'
/** What the tool does when it runs. */
type Manner = 'returns' | 'waits' | 'hangs' | 'throws' | 'checks'

type TabDeed = 'open' | 'close' | 'reload' | 'lend' | 'takeBack' | 'update' | 'unload'
type Step =
  | { readonly do: TabDeed; readonly tab: number }
  | { readonly do: 'replay'; readonly tab: number; readonly age: number }
  | { readonly do: 'ask' | 'cancel'; readonly id: Id }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'turn'; readonly count: number }

const onTab = (...deeds: readonly TabDeed[]): fc.Arbitrary<TabDeed> => fc.constantFrom(...deeds)
/** Two tabs are there from the start. */
const tab = fc.constantFrom(0, 0, 0, 1, 1, 2)
const steps = fc.array(
  fc.oneof(
    fc.record({ do: onTab('open', 'close', 'reload', 'lend', 'lend', 'lend', 'takeBack', 'unload'), tab }),
    fc.record({ do: onTab('update'), tab }),
    fc.record({ do: onTab('update'), tab }),
    fc.record({ do: fc.constant<'replay'>('replay'), tab, age: fc.nat(3) }),
    fc.record({ do: fc.constantFrom<'ask' | 'cancel'>('ask', 'ask', 'cancel'), id: fc.constantFrom(...ids) }),
    fc.record({ do: fc.constant<'advance'>('advance'), ms: fc.constantFrom(0, 10, 60, 500, 1500, 30_000) }),
    fc.record({ do: fc.constant<'turn'>('turn'), count: fc.nat(8) }),
  ),
  { maxLength: 24 },
)

/** What happened in all lives together. */
interface Met {
  run: number
  interrupted: number
}

/** The server: which calls wait, and what it has ever said of them. */
function createServer(clock: ManualClock, fates: readonly Fate[], met: Met) {
  const calls = new Map<Id, StoredToolStatus>()
  const answered = new Set<string>()
  const told: AgentState[] = [stateOfCalls([])]
  let attempt = 0
  const tell = (): void => {
    told.push(stateOfCalls([...calls].map(([id, status]) => ({ id, status }))))
  }
  const set = (id: Id, status: StoredToolStatus): void => {
    calls.set(id, status)
    tell()
  }
  const take = (text: string): void => {
    const id = ids.find((one) => one === text)
    if (id === undefined || calls.get(id) !== 'in_progress') throw new StreamError('conflict', 'Answered.')
    answered.add(id)
    set(id, 'completed')
  }
  return {
    calls,
    answered,
    state: (age: number) => told.at(-1 - age) ?? initialAgent,
    ask: (id: Id) => void (calls.has(id) || set(id, 'in_progress')),
    cancel: (id: Id) => void (calls.get(id) === 'in_progress' && set(id, 'cancelled')),
    async submit(id: string, result: string): Promise<void> {
      if (result.includes('interrupted')) met.interrupted++
      const fate = fates[attempt++] ?? 'taken'
      if (fate === 'busy')
        throw new StreamError('rate-limited', 'Later.', { retryable: true, retryAfterMs: 700 })
      if (fate === 'slow') await new Promise<void>((resolve) => void clock.after(300, resolve))
      if (fate !== 'cut') take(id)
      if (fate === 'cut' || fate === 'unheard') throw new StreamError('network', 'Cut.', { retryable: true })
    },
  }
}

/** A tool that counts how often it runs for each call. */
function createTool(clock: ManualClock, manner: Manner, runs: Map<string, number>): AnyClientTool {
  const validate = async (value: unknown): Promise<{ value: unknown }> => ({ value })
  const run = (_: unknown, { id, signal, submitProgress }: ClientToolContext): unknown => {
    runs.set(id, (runs.get(id) ?? 0) + 1)
    submitProgress(1)
    if (manner === 'throws') throw new Error('mine')
    if (manner === 'returns' || manner === 'checks') return 'done'
    return new Promise((resolve) => {
      if (manner === 'waits')
        signal.addEventListener(
          'abort',
          clock.after(40, () => resolve('done')),
        )
    })
  }
  const input = { '~standard': { version: 1, vendor: 'test', validate } } as const
  return { name: 'look', timeoutMs: 2000, run, ...(manner === 'checks' && { input }) }
}

interface Tab {
  readonly runner: ToolRunner
  takeBack: (() => void) | null
}

describe('createToolRunner', () => {
  it.each([
    ['with locks', true],
    ['without locks', false],
  ])(
    'L13: runs each call at most once over all tabs and reloads, and answers it if one tab lives on, %s',
    { timeout: 90_000 },
    async (_, isLocked) => {
      const fates = fc.array(fc.constantFrom<Fate>('taken', 'unheard', 'cut', 'busy', 'slow'), {
        maxLength: 6,
      })
      const manners = fc.constantFrom<Manner>('returns', 'waits', 'hangs', 'throws', 'checks')
      const met: Met = { run: 0, interrupted: 0 }
      await fc.assert(
        fc.asyncProperty(
          steps,
          fates,
          manners,
          fc.boolean(),
          async (life, ends, manner, isMissingAnswered) => {
            const clock = createManualClock()
            const server = createServer(clock, ends, met)
            const locks = createToolLocks(isLocked ? createQueuedLocks() : null)
            const storage = createSharedStorage()
            const runs = new Map<string, number>()
            const tool = createTool(clock, manner, runs)
            const tabs: (Tab | null)[] = [null, null, null]

            const open = (): Tab => {
              const runner = createToolRunner({
                clock,
                locks,
                ledger: createToolLedger(storage, 's', clock),
                scope: 's',
                submit: (id, result) => server.submit(id, result),
                fold: () => {},
                isMissingAnswered,
              })
              return { runner, takeBack: null }
            }
            const take = async (step: Step): Promise<void> => {
              if ('id' in step) return step.do === 'ask' ? server.ask(step.id) : server.cancel(step.id)
              if ('ms' in step) return await clock.advance(step.ms)
              if ('count' in step) {
                for (let i = 0; i < step.count; i++) await Promise.resolve()
                return
              }
              const one = tabs[step.tab] ?? null
              if (step.do === 'close' || step.do === 'reload') one?.runner.close()
              if (step.do === 'close') tabs[step.tab] = null
              if (step.do === 'reload' || (step.do === 'open' && one === null)) tabs[step.tab] = open()
              if (one === null) return
              if (step.do === 'lend') one.takeBack ??= one.runner.lend([tool])
              if (step.do === 'update') one.runner.update(server.state(0))
              if (step.do === 'replay') one.runner.update(server.state(step.age))
              if (step.do === 'unload') one.runner.update(initialAgent)
              if (step.do === 'takeBack') {
                one.takeBack?.()
                one.takeBack = null
              }
            }

            // Something to do from the start, so that most lives meet one another.
            server.ask('a')
            for (const place of [0, 1]) {
              await take({ do: 'open', tab: place })
              await take({ do: 'lend', tab: place })
              await take({ do: 'update', tab: place })
            }
            for (const step of life) await take(step)

            // One tab lives on with the tool, and hears of everything, for longer than a tool may run.
            const waiting = ids.filter((id) => server.calls.get(id) === 'in_progress')
            tabs[0] ??= open()
            tabs[0].takeBack ??= tabs[0].runner.lend([tool])
            for (let i = 0; i < 15; i++) {
              for (const one of tabs) one?.runner.update(server.state(0))
              await clock.advance(30_000)
            }
            for (const id of waiting) expect(server.answered).toContain(id)
            for (const count of runs.values()) expect(count).toBe(1)
            met.run += runs.size

            for (const one of tabs) one?.runner.close()
            await clock.advance(0)
            expect(clock.pendingCount).toBe(0)
          },
        ),
        { numRuns: 3000 },
      )
      expect(met.run).toBeGreaterThan(3000)
      expect(met.interrupted).toBeGreaterThan(300)
    },
  )
})

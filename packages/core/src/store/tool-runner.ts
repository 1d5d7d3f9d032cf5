import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import type { AgentState } from '../state/agent.ts'
import type { AnyClientTool, ClientTools } from './client-tool.ts'
import type { Clock } from './clock.ts'
import { pause } from './pause.ts'
import { errorAnswer } from './tool-answer.ts'
import { runTool, timeoutOf } from './tool-body.ts'
import { type ClientCall, clientCalls } from './tool-calls.ts'
import type { ToolLedger } from './tool-ledger.ts'
import type { ToolLocks } from './tool-locks.ts'
import { submitAnswer } from './tool-submit.ts'

/** What a runner works with. */
export interface ToolRunnerEnv {
  readonly clock: Clock
  readonly ledger: ToolLedger
  readonly locks: ToolLocks
  /** Keeps the calls of one server apart from those of another. */
  readonly scope: string
  /** One attempt to bring an answer to the server. */
  submit(invocationId: string, result: string, signal: AbortSignal): Promise<void>
  fold(events: readonly LocalAgentEvent[]): void
  /** Whether the agent is told that there is no tool, when nobody lends one for {@link missingAfterMs}. */
  readonly isMissingAnswered: boolean
}

/** Runs the client tools of one chat: each call at most once, over everybody who shares the ledger's storage. */
export interface ToolRunner {
  /** To be told of every new state. Never folds before it has returned. */
  update(state: AgentState): void
  /**
   * Lends tools until the answer is called, which may be called twice; of two with one name the one that was lent first
   * runs. Calls that waited for one are run. One that runs when it is taken back goes on.
   */
  lend(tools: ClientTools): () => void
  hasTool(name: string): boolean
  /** Ends every tool; nothing is folded, sent or timed any more. What has begun is never run again. */
  close(): void
}

/** How long a call waits for a tool to be lent before the agent is told that there is none, in milliseconds. */
export const missingAfterMs = 1000

/** How long an answer that is under way may take to show, before a call that was begun is called interrupted; milliseconds. */
export const graceMs = 1000

/** A call that is known to wait, or waited, for a tool of ours. */
interface Job {
  /** Aborted when nobody waits for the answer any more, and when the runner is closed. */
  readonly over: AbortController
  isWorking: boolean
  /** It is done with, as far as this runner goes. */
  isDealt: boolean
  /** Nobody lent a tool in time. */
  isMissing: boolean
  /** `null` before anybody waited for a tool to be lent. */
  stopWaiting: (() => void) | null
}

/** A runner that knows no state and no tools yet. */
export function createToolRunner(env: ToolRunnerEnv): ToolRunner {
  const { clock, ledger, locks, scope } = env
  const lent: ClientTools[] = []
  const jobs = new Map<string, Job>()
  let state: AgentState | null = null
  let calls: ReadonlyMap<string, ClientCall> = new Map()
  let isClosed = false

  const find = (name: string): AnyClientTool | null => lent.flat().find((tool) => tool.name === name) ?? null
  const tell = (event: LocalAgentEvent): void => {
    if (!isClosed) env.fold([event])
  }

  function jobOf(id: string): Job {
    const known = jobs.get(id)
    if (known !== undefined) return known
    const over = new AbortController()
    const job: Job = { over, isWorking: false, isDealt: false, isMissing: false, stopWaiting: null }
    jobs.set(id, job)
    return job
  }

  /** Takes what waits and can be done. */
  function look(): void {
    if (isClosed) return
    for (const [id, { isDue, invocation }] of calls) {
      if (!isDue) continue
      const job = jobOf(id)
      if (job.isWorking || job.isDealt || job.over.signal.aborted) continue
      if (find(invocation.name) !== null || job.isMissing) void take(id, job)
      else if (env.isMissingAnswered) {
        job.stopWaiting ??= clock.after(missingAfterMs, () => {
          job.isMissing = true
          look()
        })
      }
    }
  }

  function end(id: string, job: Job): void {
    if (job.over.signal.aborted) return
    job.stopWaiting?.()
    job.over.abort(new DOMException('Nobody waits for the answer of this tool any more.', 'AbortError'))
    if (!job.isWorking) jobs.delete(id)
  }

  async function take(id: string, job: Job): Promise<void> {
    job.isWorking = true
    // Nothing is folded within the update or the lending that brought it.
    await Promise.resolve()
    await locks.hold(`taskstream:tool:${scope}:${id}`, job.over.signal, (isExclusive) =>
      work(id, job, isExclusive),
    )
    job.isWorking = false
    if (job.over.signal.aborted) jobs.delete(id)
    look()
  }

  async function work(id: string, job: Job, isExclusive: boolean): Promise<void> {
    const { signal } = job.over
    const call = calls.get(id)
    // Much may have happened while another tab had the lock.
    if (signal.aborted || call?.isDue !== true) return
    const { invocation } = call
    const tool = find(invocation.name)
    if (tool === null && !job.isMissing) return
    job.stopWaiting?.()
    job.isDealt = true
    const claim = ledger.claim(id)
    if (claim === 'answered') return
    if (claim === 'interrupted') {
      // Without a lock, whoever began it may be at it still, for as long as the tool may run.
      await pause(clock, isExclusive ? graceMs : graceMs + timeoutOf(tool), signal)
      if (isOver(signal) || ledger.claim(id) === 'answered') return
      return await answer(id, interrupted(invocation.name), signal)
    }
    if (tool === null) return await answer(id, notAvailable(invocation.name), signal)
    tell({ type: 'tool-begun', id })
    const onProgress = (progress: unknown): void => tell({ type: 'tool-progressed', id, progress })
    const result = await runTool(tool, { id, args: invocation.args, signal, clock, onProgress })
    if (result === null) settle(id)
    else await answer(id, result, signal)
  }

  async function answer(id: string, result: string, signal: AbortSignal): Promise<void> {
    tell({ type: 'tool-answered', id, result })
    const outcome = await submitAnswer((stop) => env.submit(id, result, stop), clock, signal)
    if (outcome === null) return settle(id)
    if (outcome.error === null) ledger.markAnswered(id)
    tell({ type: 'tool-settled', id, error: outcome.error })
  }

  /** Nobody waits for the answer any more. What only left the state may come back, and is interrupted then. */
  function settle(id: string): void {
    if (isClosed) return
    if (calls.get(id)?.isEnded === true) ledger.markAnswered(id)
    tell({ type: 'tool-settled', id, error: null })
  }

  return {
    update(next) {
      const before = state
      state = next
      const { messages, runs, isLoaded } = next
      if (before?.messages === messages && before.runs === runs && before.isLoaded === isLoaded) return
      calls = clientCalls(next)
      for (const [id, job] of jobs) {
        // What is missing is gone only where everything is known.
        if (calls.get(id)?.isEnded ?? isLoaded) end(id, job)
      }
      look()
    },
    lend(tools) {
      const list = [...tools]
      lent.push(list)
      look()
      return () => {
        const place = lent.indexOf(list)
        if (place >= 0) lent.splice(place, 1)
      }
    },
    hasTool: (name) => find(name) !== null,
    close() {
      isClosed = true
      for (const [id, job] of jobs) end(id, job)
    },
  }
}

/** Asked again after a wait, in which it may have changed. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted
}

function interrupted(name: string): string {
  return errorAnswer(
    `The tool ${name} was interrupted: the page that ran it was reloaded or closed before it answered. It may or may not have taken effect, and is not run again for this call.`,
  )
}

function notAvailable(name: string): string {
  return JSON.stringify({ status: 'not_available', message: `Nobody here has the tool ${name}.` })
}

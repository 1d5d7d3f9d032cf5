import { expect } from 'vitest'
import { isTerminalStatus, liveStatusCodes, taskStatuses } from '../src/protocol/task-status.ts'
import { createClient } from '../src/store/client.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import type { Task } from '../src/state/task.ts'
import type { Fault } from '../src/testing/faults.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import type { TaskScript } from '../src/testing/script.ts'
import { createSimulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { API, config, linesOf, statusesOf, watch } from './world.ts'

/** A server that tells a task, and a client that follows it. */
export interface Setting {
  readonly name: string
  readonly server: SimulatorOptions & { readonly script: TaskScript }
  readonly client?: ClientOptions
}

/** Faults, with a name under which their outcome is found. */
export type Cell = readonly [name: string, faults: readonly Fault[]]

/** What a run came to, and everything that was told on its way. */
export interface Outcome {
  readonly task: Essence
  readonly loop: 'quietly' | Error
  readonly told: readonly string[]
  readonly wentBack: boolean
  /** L12: whether all that was shown of the text was its beginning, and never less than before. */
  readonly isPrefix: boolean
  /** What was shown of the output before it was whole; not in the live dialect, which forgets it at the end. */
  readonly partialOutput: unknown
  readonly failed: boolean
  /** Updates that told of the end, or that came after it. */
  readonly finalCount: number
  /** What `onSettled` was told. */
  readonly settled: readonly string[]
  readonly openStreams: number
  readonly runs: number
}

/** What of a task does not depend on when it was heard. */
export type Essence = Pick<Task, 'status' | 'output' | 'error' | 'progress' | 'app' | 'input' | 'logs'>

/** Starts a run under some faults. */
function start(clock: ManualClock, { server: options, client: chosen }: Setting, faults: readonly Fault[]) {
  const server = createSimulator({ clock, ...options, faults })
  const client = createClient({
    baseUrl: API,
    fetch: server,
    clock,
    publish: 'sync',
    resumeStorage: null,
    ...(options.dialect === 'live' ? { statusCodes: liveStatusCodes } : {}),
    ...chosen,
  })
  const settled: string[] = []
  client.onSettled(({ status }) => void settled.push(status))
  const run = client.run(config, { stream: true })
  const { updates, ended } = watch(run)
  const whole = textOf(options.script.at(-1)?.set?.output)
  const isHistory = options.resume === 'cursor' || options.resume === 'replay'
  const isPrefix = (): boolean => {
    const shown = updates
      .filter(({ output }) => output === null)
      .map(({ task }) => textOf(task.partialOutput))
    return shown.every((text, index) => whole.startsWith(text) && text.startsWith(shown[index - 1] ?? ''))
  }
  return async (): Promise<Outcome> => {
    const statuses = statusesOf(updates)
    const order = statuses.map((status) => taskStatuses.findIndex((known) => known === status))
    const task = await run.result
    return {
      loop: await ended,
      // A stream of mere events does not say what was asked for; whoever has to ask for the task learns it.
      task: isHistory ? { ...essence(task), app: null, input: null } : essence(task),
      told: linesOf(updates),
      wentBack: order.some((place, index) => place < (order[index - 1] ?? 0)),
      isPrefix: isPrefix(),
      partialOutput: options.dialect === 'live' ? null : task.partialOutput,
      failed: statuses.includes('failed'),
      finalCount: updates.filter(({ status }) => isTerminalStatus(status)).length,
      settled,
      openStreams: server.counters.openStreams,
      runs: server.counters.runs,
    }
  }
}

/** An outcome with its lines sorted. */
export function inOrder({ task, told, ...rest }: Outcome): Outcome {
  return { ...rest, told: told.toSorted(), task: { ...task, logs: task.logs.toSorted() } }
}

function textOf(partial: unknown): string {
  const response: unknown =
    typeof partial === 'object' && partial !== null && 'response' in partial ? partial.response : ''
  return String(response)
}

/** What does not depend on when it was heard. The live dialect has no partial output once there is a whole one. */
function essence({ status, output, error, progress, app, input, logs }: Task): Essence {
  const share = progress === null ? null : { ...progress, rate: null, etaMs: null, reportedAt: 0 }
  return { status, output, error, progress: share, app, input, logs }
}

/** All cells by one clock; four minutes of it. */
export async function outcomes(
  setting: Setting,
  cells: readonly Cell[],
): Promise<Readonly<Record<string, Outcome>>> {
  const clock = createManualClock()
  const runs = cells.map(([name, faults]) => [name, start(clock, setting, faults)] as const)
  for (let minute = 0; minute < 4; minute++) await clock.advance(60_000)
  return Object.fromEntries(
    await Promise.all(runs.map(async ([name, read]) => [name, await read()] as const)),
  )
}

/** The lines that a script logs. */
export function linesIn(script: TaskScript): readonly string[] {
  return script.flatMap(({ logs = [] }) => logs)
}

/** Runs the cells a few dozen at a time and compares each with the undisturbed run. */
export async function expectUndisturbed(setting: Setting, cells: readonly Cell[]): Promise<void> {
  const { still } = await outcomes(setting, [['still', []]])
  const logs = linesIn(setting.server.script)
  expect(still).toMatchObject({
    told: logs,
    isPrefix: true,
    wentBack: false,
    finalCount: 1,
    settled: ['completed'],
    task: { logs, status: 'completed' },
  })
  for (let first = 0; first < cells.length; first += 50) {
    const some = cells.slice(first, first + 50)
    expect(await outcomes(setting, some)).toEqual(Object.fromEntries(some.map(([name]) => [name, still])))
  }
}

/** Size of the undisturbed stream in bytes. */
export async function recordStream({ server: options }: Setting): Promise<number> {
  const clock = createManualClock()
  const server = createSimulator({ clock, ...options })
  const started = await server(`${API}/apps/run`, { method: 'POST', body: JSON.stringify(config) })
  const { data } = JSON.parse(await started.text()) as { readonly data: { readonly id: string } }
  const answer = await server(`${API}/tasks/${data.id}/stream`)
  const bytes = answer.arrayBuffer()
  await clock.advance(60_000)
  return (await bytes).byteLength
}

import { createClient, type Client, type RunOptions } from '../src/store/client.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import type { TaskRun } from '../src/store/task-run.ts'
import type { TaskUpdate } from '../src/store/task-update.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import { createSimulator, type Simulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { taskScript } from '../src/testing/task-script.ts'
import type { RunConfig } from '../src/protocol/protocol.ts'

/** Address of the simulated server. */
export const API = 'https://api.test'

/** A config that every simulated app takes. */
export const config: RunConfig = { app: 'acme/flux', input: { prompt: 'a fox' } }

/** A client, the server that it talks to, and the clock that both go by. */
export interface World {
  readonly clock: ManualClock
  readonly server: Simulator
  readonly client: Client
  /** Another client of the same server, as after a reload. */
  connect(options?: ClientOptions): Client
  /** Starts a run. */
  run(options?: RunOptions, what?: RunConfig): TaskRun
  /** Starts a task behind the client's back and answers its id. */
  startElsewhere(): Promise<string>
  /** Lets everything happen that needs no time. */
  settle(): Promise<void>
  /** Moves the clock until `work` has settled; an hour at most. */
  drive<T>(work: Promise<T>): Promise<T>
}

/** A world whose tasks take a step every 10 ms and end after 130. */
export function createWorld(serverOptions: SimulatorOptions = {}, clientOptions: ClientOptions = {}): World {
  const clock = createManualClock()
  const server = createSimulator({ script: taskScript.usual({ stepMs: 10 }), clock, ...serverOptions })
  const connect = (options: ClientOptions = {}): Client =>
    createClient({
      baseUrl: API,
      fetch: server,
      clock,
      publish: 'sync',
      resumeStorage: null,
      ...clientOptions,
      ...options,
    })
  const client = connect()
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 4; turn++) await clock.advance(0)
  }
  return {
    clock,
    server,
    client,
    connect,
    settle,
    run: (options = {}, what = config) => client.run(what, { ...options, stream: true }),
    async startElsewhere() {
      const answer = await server(`${API}/apps/run`, { method: 'POST', body: JSON.stringify(config) })
      const body = JSON.parse(await answer.text()) as { readonly data: { readonly id: string } }
      return body.data.id
    },
    async drive(work) {
      let isSettled = false
      const settled = work.finally(() => {
        isSettled = true
      })
      settled.catch(() => {})
      await settle()
      for (let second = 0; second < 3600 && !hasSettled(); second++) await clock.advance(1000)
      if (!hasSettled()) throw new Error('Nothing came of it within an hour.')
      return settled

      function hasSettled(): boolean {
        return isSettled
      }
    },
  }
}

/** Takes every update as it comes; how the loop ended stands in `ended`. */
export function watch(run: AsyncIterable<TaskUpdate>): {
  readonly updates: readonly TaskUpdate[]
  readonly ended: Promise<'quietly' | Error>
} {
  const updates: TaskUpdate[] = []
  const read = async (): Promise<'quietly' | Error> => {
    try {
      for await (const update of run) updates.push(update)
      return 'quietly'
    } catch (thrown) {
      return thrown instanceof Error ? thrown : new Error(String(thrown))
    }
  }
  return { updates, ended: read() }
}

/** Every log line of a list of updates, in order. */
export function linesOf(updates: readonly TaskUpdate[]): readonly string[] {
  return updates.flatMap((update) => update.logs)
}

/** Statuses in the order in which they came, each once in a row. */
export function statusesOf(updates: readonly TaskUpdate[]): readonly string[] {
  return updates.map((update) => update.status).filter((status, index, all) => status !== all[index - 1])
}

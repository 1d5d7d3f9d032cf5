/** The published JavaScript client against the simulator on a real port, and ours beside it. */
import { createClient, liveStatusCodes, type Client, type Task } from '@taskstream/core'
import {
  createManualClock,
  createSimulator,
  fault,
  taskScript,
  type ManualClock,
  type Simulator,
  type SimulatorOptions,
} from '@taskstream/core/testing'
import { serveNode } from '@taskstream/core/testing/node'
import {
  Inference,
  InferenceError,
  StreamManager,
  TaskStatusCancelled,
  TaskStatusCompleted,
  TaskStatusReceived,
  TaskStatusRunning,
  isRequirementsNotMetException,
  type TaskDTO,
} from '@inferencesh/sdk'
import { afterEach, describe, expect, test } from 'vitest'

const KEY = 'inf_test'
const CONFIG = { app: 'acme/flux', input: { prompt: 'a fox' } }
const usual = taskScript.usual({ stepMs: 10, output: { text: 'done' } })

interface World {
  readonly clock: ManualClock
  readonly simulator: Simulator
  readonly url: string
  readonly theirs: Inference
  readonly ours: Client
  /** Lets the server's time pass while somebody listens, until the promise has settled; answers as it does. */
  readonly pass: <T>(promise: Promise<T>) => Promise<T>
}

const closing: (() => Promise<void>)[] = []
let testCount = 0
afterEach(async () => {
  testCount++
  for (const close of closing.splice(0)) await close()
})

async function world(options: SimulatorOptions = {}): Promise<World> {
  const clock = createManualClock()
  const simulator = createSimulator({ clock, script: usual, dialect: 'live', apiKey: KEY, ...options })
  const server = await serveNode(simulator)
  const { url } = server
  const theirs = new Inference({ apiKey: KEY, baseUrl: url })
  const ours = createClient({
    apiKey: KEY,
    baseUrl: url,
    statusCodes: liveStatusCodes,
    publish: 'sync',
    resumeStorage: null,
    retryDelay: 0,
  })
  closing.push(async () => {
    ours.close()
    simulator.close()
    await server.close()
  })
  const pass = async <T>(promise: Promise<T>): Promise<T> => {
    const watched = watch(promise)
    const { counters } = simulator
    await until(
      () => watched.state !== 'pending',
      // Nothing is missed on the way to the server: its time stands still until somebody listens.
      async () => {
        if (counters.openStreams > 0 || counters.requests.status > 0) await clock.advance(5)
      },
    )
    return promise
  }
  return { clock, simulator, url, theirs, ours, pass }
}

interface Watched {
  state: 'pending' | 'resolved' | 'rejected'
}
function watch(promise: Promise<unknown>): Watched {
  const watched: Watched = { state: 'pending' }
  promise.then(
    () => (watched.state = 'resolved'),
    () => (watched.state = 'rejected'),
  )
  return watched
}

/** Lets both ends of every socket have their say. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => void setImmediate(resolve))
}
/** Waits as long as the test that asks lasts, and no longer. `between` is done each time before the next look. */
async function until(isSo: () => boolean, between = async (): Promise<void> => {}): Promise<void> {
  const test = testCount
  while (!isSo()) {
    if (test !== testCount) throw new Error('The test ended while something in it still waited.')
    await between()
    await turns(1)
  }
}

/** A task that their client has started and does not wait for. */
async function started({ theirs }: World): Promise<TaskDTO> {
  return theirs.run(CONFIG, { wait: false })
}

describe('the official client on the simulator', () => {
  test('runs a task and answers it when it has completed', async () => {
    const here = await world()
    const task = await here.pass(here.theirs.run(CONFIG))
    expect(task).toMatchObject({
      status: TaskStatusCompleted,
      output: { text: 'done' },
      input: CONFIG.input,
      error: null,
    })
    expect(here.simulator.counters).toMatchObject({ runs: 1, streamsOpened: 1, cancels: 0 })
    await until(() => here.simulator.counters.openStreams === 0)
  })

  test('sees the snapshot, every change with its fields, and each piece of output', async () => {
    const here = await world({
      script: taskScript.deltas({ text: 'Hello there', pieceChars: 4, everyMs: 10, storeEvery: 2 }),
    })
    const whole: number[] = []
    const fields = new Set<string>()
    const pieces: [unknown, number][] = []
    const task = await here.pass(
      here.theirs.run(CONFIG, {
        onUpdate: ({ status }) => whole.push(status),
        onPartialUpdate: (_task, changed) => changed.forEach((field) => fields.add(field)),
        onDelta: (delta, seq) => pieces.push([delta.response, seq]),
      }),
    )
    expect(whole).toEqual([TaskStatusReceived])
    expect([...fields].toSorted()).toEqual(['output', 'status', 'updated_at'])
    expect(pieces).toEqual([
      ['Hell', 1],
      ['o th', 2],
      ['ere', 3],
    ])
    expect(task.output).toEqual({ response: 'Hello there' })
  })

  test('polls a task to its end when it is told not to stream', async () => {
    const here = await world()
    const statuses: number[] = []
    const task = await here.pass(
      here.theirs.run(CONFIG, {
        stream: false,
        pollIntervalMs: 1,
        onUpdate: ({ status }) => statuses.push(status),
      }),
    )
    expect(task).toMatchObject({ status: TaskStatusCompleted, output: { text: 'done' } })
    expect(statuses).toEqual(statuses.toSorted((a, b) => a - b))
    expect(here.simulator.counters).toMatchObject({ streamsOpened: 0, runs: 1 })
  })

  test.each([
    ['streaming', true],
    ['polling', false],
  ])('rejects with the words of a task that fails, %s', async (_how, stream) => {
    const here = await world({ script: taskScript.fails({ stepMs: 10, error: 'no disk' }) })
    await expect(here.pass(here.theirs.run(CONFIG, { stream, pollIntervalMs: 1 }))).rejects.toThrow('no disk')
  })

  test.each([
    ['streaming', true],
    ['polling', false],
  ])('cancels a task, and whoever waits for it hears so, %s', async (_how, stream) => {
    const here = await world({ script: taskScript.endless() })
    const task = await started(here)
    const { done } = here.theirs.tasks.watch(task, { stream, pollIntervalMs: 1 })
    await here.theirs.cancel(task.id)
    await expect(here.pass(done)).rejects.toThrow('task cancelled')
    const { data } = await here.theirs.getTask(task.id)
    expect(data.status).toBe(TaskStatusCancelled)
    expect(here.simulator.counters.cancels).toBe(1)
  })

  test('leaves the stream itself when the server keeps it open after the end', async () => {
    const here = await world({ closeAfterTerminal: false })
    await here.pass(here.theirs.run(CONFIG))
    await until(() => here.simulator.counters.openStreams === 0)
    expect(here.simulator.counters.streamsAborted).toBe(1)
  })

  test('follows a task that was over before the answer to the run', async () => {
    const here = await world({ script: taskScript.instant({ output: 7 }) })
    expect(await here.pass(here.theirs.run(CONFIG))).toMatchObject({ output: 7 })
  })

  test.each([
    ['a file', () => new File(['bytes'], 'a.txt', { type: 'text/plain' }), 'text/plain'],
    ['a blob without a name', () => new Blob(['bytes'], { type: 'image/png' }), 'image/png'],
    ['a blob without a type', () => new Blob(['bytes']), 'application/octet-stream'],
    ['a data URL', () => `data:text/csv;base64,${btoa('bytes')}`, 'text/csv'],
  ])('uploads %s in the input and sends its address', async (_what, make, contentType) => {
    const here = await world({ script: taskScript.instant() })
    const { id } = await here.theirs.run({ app: 'acme/flux', input: { deep: [make()] } }, { wait: false })
    const { data } = await here.theirs.getTask(id)
    const { deep } = data.input as { readonly deep: readonly [string] }
    const stored = await fetch(deep[0])
    expect(stored.headers.get('content-type')).toBe(contentType)
    expect(await stored.text()).toBe('bytes')
    expect(here.simulator.counters).toMatchObject({ uploads: 1, uploadedBytes: 5 })
  })

  test('reads the other routes of a task', async () => {
    const here = await world()
    const { id } = await here.pass(here.theirs.run(CONFIG))
    const { tasks } = here.theirs
    const [logs, timings, telemetry, list] = await Promise.all([
      tasks.getLogs(id),
      tasks.getTimings(id),
      tasks.getTelemetry(id),
      tasks.list({ limit: 10 }),
    ])
    expect(atob(logs.data.logs[0]?.content ?? '')).toBe('step 1/5\nstep 2/5\nstep 3/5\nstep 4/5\nstep 5/5\n')
    expect(logs.data).toMatchObject({ task_id: id, status: TaskStatusCompleted })
    expect(timings.data).toMatchObject({ task_id: id, total_duration_ms: 130 })
    expect(telemetry.data.length).toBeGreaterThan(0)
    expect(list.data).toMatchObject({ items: [{ id }], has_next: false, total_items: 1 })
    await tasks.delete(id)
    await expect(tasks.get(id)).rejects.toThrow('HTTP 404: task not found')
  })

  test('reads a stream of server-sent events with its event source', async () => {
    const here = await world()
    const { id } = await started(here)
    const statuses: unknown[] = []
    const seen = await new Promise<StreamManager<TaskDTO>>((resolve) => {
      const see = ({ status }: Partial<TaskDTO>): void => {
        if (status !== undefined) statuses.push(status)
        if (status === TaskStatusRunning) resolve(manager)
      }
      const manager = new StreamManager<TaskDTO>({
        createEventSource: () => here.theirs.streamTask(id),
        autoReconnect: false,
        onData: ({ data }: TaskDTO & { readonly data?: TaskDTO }) => see(data ?? {}),
        onPartialData: see,
      })
      void manager.connect()
      void until(() => here.simulator.counters.openStreams === 1).then(() => here.clock.advance(60))
    })
    seen.stop()
    expect(statuses).toEqual([1, 2, 3, 4, 5, 6, 7])
    await until(() => here.simulator.counters.openStreams === 0)
  })
})

describe('the official client takes', () => {
  test.each(['v1', 'v2', 'v3'] as const)('the envelope %s', async (envelope) => {
    const here = await world({ envelope })
    expect(await here.pass(here.theirs.run(CONFIG))).toMatchObject({ output: { text: 'done' } })
  })

  test.each<[string, SimulatorOptions]>([
    ['bare lines', { form: 'bare' }],
    ['wrapped lines', { form: 'wrapped' }],
    ['typed lines', { form: 'typed' }],
    ['all forms in turn', { form: 'mixed' }],
    ['whole tasks in place of changes', { partials: 'whole' }],
    ['no snapshot at the start', { snapshotOnConnect: false }],
    ['statuses by name', { statusStyle: 'name' }],
    ['blank lines and heartbeats between', { noise: ['blank', 'heartbeat'] }],
    ['a last line without an end', { finalNewline: false }],
    ['lines that end in CR LF', { lineEnd: '\r\n' }],
    ['a byte at a time', { chunkBytes: 1 }],
    ['a line of a megabyte', { giantLineBytes: 1_000_000 }],
    ['logs as text', { logs: 'text' }],
  ])('%s', async (_form, options) => {
    const here = await world(options)
    expect(await here.pass(here.theirs.run(CONFIG))).toMatchObject({ output: { text: 'done' } })
  })

  test('a refusal, with the words and the status of the server', async () => {
    const here = await world({ script: { 'other/app': usual } })
    const refusal: unknown = await here.theirs.run(CONFIG).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(InferenceError)
    expect(refusal).toMatchObject({ statusCode: 404, message: 'HTTP 404: app not found' })
  })

  test('a wrong key as a refusal', async () => {
    const { url } = await world()
    await expect(new Inference({ apiKey: 'wrong', baseUrl: url }).run(CONFIG)).rejects.toThrow('HTTP 401')
  })

  test('missing requirements as what is missing', async () => {
    const requirements = [{ type: 'secret', key: 'OPENAI_KEY', message: 'not set', action: null }]
    const here = await world({ faults: [fault.refuse({ on: 'run', status: 412, requirements })] })
    const refusal: unknown = await here.theirs.run(CONFIG).catch((error: unknown) => error)
    expect(isRequirementsNotMetException(refusal)).toBe(true)
    expect(refusal).toMatchObject({ errors: [{ type: 'secret', key: 'OPENAI_KEY' }] })
  })
})

describe('where the official client never settles, ours does', () => {
  test('a stream that ends cleanly before the task: it waits for ever', async () => {
    const here = await world({ faults: [fault.cutAfterEvents(2, { on: 'stream' })] })
    const task = await started(here)
    const { done } = here.theirs.tasks.watch(task)
    const theirs = watch(done)
    const { counters } = here.simulator
    await until(() => counters.openStreams === 1)
    await here.clock.advance(20)
    await until(() => counters.streamsOpened === 1 && counters.openStreams === 0)

    here.simulator.setFaults([fault.cutAfterEvents(2, { on: 'stream' })])
    const whole = await here.pass(here.ours.tasks.stream(task.id).result)
    expect(whole).toMatchObject({ status: 'completed', output: { text: 'done' } })
    await turns(50)
    expect(theirs.state).toBe('pending')
    // Theirs never came back; ours was cut once and came back once.
    expect(counters).toMatchObject({ openStreams: 0, requests: { stream: 1 + 2 } })
  })

  test('polling a task that was already over when it was created: it polls for ever', async () => {
    const here = await world({ script: taskScript.instant({ output: 7 }) })
    const task = await started(here)
    const watching = here.theirs.tasks.watch(task, { stream: false, pollIntervalMs: 1 })
    const theirs = watch(watching.done)
    await until(() => here.simulator.counters.requests.status >= 5)
    // It sees the end five times, and never asks for the task that has ended.
    expect(here.simulator.counters.requests.task).toBe(0)
    expect(await here.ours.run(CONFIG)).toMatchObject({ status: 'completed', output: 7 })
    expect(theirs.state).toBe('pending')
    watching.stop()
  })

  test('a watch that is stopped: whoever awaits it waits for ever', async () => {
    const here = await world({ script: taskScript.endless() })
    const watching = here.theirs.tasks.watch(await started(here))
    const theirs = watch(watching.done)
    await until(() => here.simulator.counters.openStreams === 1)
    watching.stop()
    const run = here.ours.run(CONFIG, { stream: true })
    await run.id
    run.disconnect()
    await expect(run.result).rejects.toMatchObject({ code: 'disconnected' })
    await until(() => here.simulator.counters.openStreams === 0)
    await turns(50)
    expect(theirs.state).toBe('pending')
  })
})

describe('where the official client gives up on a task that goes on, ours does not', () => {
  const afterOne = { on: 'stream' } as const
  test.each<[string, SimulatorOptions, RegExp]>([
    ['the line breaks', { faults: [fault.cutAfterEvents(1, { ...afterOne, how: 'reset' })] }, /terminated/],
    ['a line is no JSON', { faults: [fault.garbleLine(afterOne)] }, /JSON/],
    ['a line is null', { noise: ['null'] }, /null/],
    ['there is junk between the lines', { noise: ['junk'] }, /JSON/],
    [
      'the stream is refused for a moment',
      { faults: [fault.refuse({ ...afterOne, status: 503 })] },
      /HTTP 503/,
    ],
    ['the answer is a web page', { faults: [fault.html(afterOne)] }, /JSON/],
    ['the stream comes as server-sent events', { framing: 'sse' }, /JSON/],
  ])('when %s', async (_when, options, message) => {
    const here = await world(options)
    const task = await started(here)
    await expect(here.pass(here.theirs.tasks.watch(task).done)).rejects.toThrow(message)

    here.simulator.setFaults(options.faults ?? [])
    const { id } = await started(here)
    const whole: Task = await here.pass(here.ours.tasks.stream(id).result)
    expect(whole).toMatchObject({ status: 'completed', output: { text: 'done' } })
  })
})

describe('where the official client answers something else than the server said, ours does not', () => {
  test('a hash of 64 digits in the input is uploaded as a file', async () => {
    const here = await world({ script: taskScript.instant() })
    const config = { app: 'acme/flux', input: { sha256: '0123456789abcdef'.repeat(4) } }
    const theirs = await here.theirs.run(config, { wait: false })
    const { data } = await here.theirs.getTask(theirs.id)
    expect(data.input).toEqual({ sha256: expect.stringContaining(`${here.url}/files/`) as unknown })
    expect(here.simulator.counters.uploads).toBe(1)

    expect(await here.ours.run(config)).toMatchObject({ input: config.input })
    expect(here.simulator.counters.uploads).toBe(1)
  })

  test('zero values beside the changed fields wipe what was known', async () => {
    const here = await world({ partials: 'full-with-fields' })
    const theirs = await here.pass(here.theirs.run(CONFIG))
    expect(theirs).toMatchObject({ status: TaskStatusCompleted, input: null, logs: null })

    const ours = await here.pass(here.ours.run(CONFIG))
    expect(ours).toMatchObject({ input: CONFIG.input, output: { text: 'done' } })
    expect(ours.logs).toHaveLength(5)
  })

  test('an event about something else is merged into the task', async () => {
    const here = await world({ noise: ['unknown-event'] })
    expect(await here.pass(here.theirs.run(CONFIG))).toHaveProperty('sparkle', true)
    expect(await here.pass(here.ours.run(CONFIG))).not.toHaveProperty('sparkle')
  })

  test('a failed task is lost: its error holds neither id nor log', async () => {
    const here = await world({ script: taskScript.fails({ stepMs: 10, error: 'no disk' }) })
    const theirs: unknown = await here.pass(here.theirs.run(CONFIG)).catch((error: unknown) => error)
    expect(Object.keys(theirs as Error)).toEqual([])

    const ours: unknown = await here.pass(here.ours.run(CONFIG)).catch((error: unknown) => error)
    expect(ours).toMatchObject({ code: 'task-failed', task: { error: 'no disk', status: 'failed' } })
  })
})

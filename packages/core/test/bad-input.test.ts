import { describe, expect, it } from 'vitest'
import { isStreamError, type StreamError } from '../src/errors.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import { fault, type Fault } from '../src/testing/faults.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { taskScript } from '../src/testing/task-script.ts'
import { config, createWorld, linesOf, statusesOf, watch } from './world.ts'

const fiveSteps = ['step 1/5', 'step 2/5', 'step 3/5', 'step 4/5', 'step 5/5']
const usual = taskScript.usual({ stepMs: 10 })

async function errorOf(work: Promise<unknown>): Promise<StreamError> {
  const thrown: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (isStreamError(thrown)) return thrown
  throw new Error(`No error of ours: ${String(thrown)}`)
}

interface Refused {
  readonly server?: SimulatorOptions
  readonly client?: ClientOptions
  readonly code: string
  readonly status: number | null
  /** What happened, in the server's words where there are any. */
  readonly says: RegExp
  /** What to do. */
  readonly advises: RegExp
}

const refusals: Readonly<Record<string, Refused>> = {
  'an app that does not exist': {
    server: { script: { 'acme/other': usual } },
    code: 'not-found',
    status: 404,
    says: /no such thing.*HTTP 404.*app not found/,
    advises: /Check the name or id/,
  },
  'no key': {
    server: { apiKey: 'inf_right' },
    code: 'unauthorized',
    status: 401,
    says: /does not know who is asking.*HTTP 401/,
    advises: /Check the API key/,
  },
  'a wrong key': {
    server: { apiKey: 'inf_right' },
    client: { apiKey: 'inf_wrong_and_secret' },
    code: 'unauthorized',
    status: 401,
    says: /does not know who is asking.*HTTP 401/,
    advises: /Check the API key/,
  },
  'an account that cannot pay': {
    server: { faults: [fault.refuse({ on: 'run', status: 402, detail: 'add a card' })] },
    code: 'payment-required',
    status: 402,
    says: /cannot pay.*HTTP 402, payment_method_required.*add a card/,
    advises: /Add a payment method/,
  },
  'a key without the scope': {
    server: { faults: [fault.refuse({ on: 'run', status: 403, detail: 'needs apps:execute' })] },
    code: 'forbidden',
    status: 403,
    says: /may not do this.*HTTP 403.*needs apps:execute/,
    advises: /Use a key with the scope/,
  },
  'requirements that are not met': {
    server: {
      faults: [
        fault.refuse({
          on: 'run',
          status: 412,
          requirements: [
            { type: 'secret', key: 'OPENAI_KEY', message: 'secret OPENAI_KEY is not set', action: null },
            { type: 'integration', key: 'google', message: 'connect Google', action: null },
          ],
        }),
      ],
    },
    code: 'requirements',
    status: 412,
    says: /requirements.*HTTP 412.*secret OPENAI_KEY is not set; connect Google/,
    advises: /Add what is missing/,
  },
  'an input that the app does not take': {
    server: { faults: [fault.refuse({ on: 'run', status: 422, detail: 'prompt is required' })] },
    code: 'unprocessable',
    status: 422,
    says: /could not carry it out.*HTTP 422.*prompt is required/,
    advises: /Check the input/,
  },
  'too many requests': {
    server: {
      faults: [fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 7, times: Infinity })],
    },
    client: { maxRetries: 0 },
    code: 'rate-limited',
    status: 429,
    says: /Too many requests.*HTTP 429/,
    advises: /Wait/,
  },
  'a server that fails': {
    server: { faults: [fault.refuse({ on: 'run', status: 500 })] },
    code: 'http',
    status: 500,
    says: /could not answer.*HTTP 500/,
    advises: /trying again may help/,
  },
  'a server that fails in HTML': {
    server: {
      faults: [
        fault.refuse({
          on: 'run',
          status: 502,
          body: '<html><body>Bad gateway</body></html>',
          headers: { 'content-type': 'text/html' },
        }),
      ],
    },
    code: 'http',
    status: 502,
    says: /HTTP 502.*an HTML page instead of JSON/,
    advises: /trying again may help/,
  },
  'a web page in place of the answer': {
    server: { faults: [fault.html({ on: 'run' })] },
    code: 'malformed',
    status: null,
    says: /not JSON|HTML|page/,
    advises: /Look|Check/,
  },
  'an answer that is cut off': {
    server: { faults: [fault.garbleLine({ on: 'run' })] },
    code: 'malformed',
    status: null,
    says: /not JSON/,
    advises: /cut off|proxy/,
  },
  'no way to the server': {
    server: { faults: [fault.unreachable({ on: 'run' })] },
    code: 'network',
    status: null,
    says: /line broke or could not be opened/,
    advises: /trying again may help/,
  },
}

describe('a run that is not accepted says what, why and how to mend it', () => {
  it.each(Object.entries(refusals))('%s', async (_name, refused) => {
    const world = createWorld(refused.server, refused.client)
    const run = world.run()
    const { updates, ended } = watch(run)
    const error = await errorOf(world.drive(run.result))
    expect(error).toMatchObject({ code: refused.code, status: refused.status, name: 'StreamError' })
    expect(error.message).toMatch(new RegExp(`^\\[${refused.code}\\] [A-Z]`))
    expect(error.message).toMatch(refused.says)
    expect(error.message).toMatch(refused.advises)
    expect(error.message).not.toContain('secret_and')
    expect(error.message).not.toContain('inf_wrong')
    expect(await ended).toBe(error)
    expect(updates).toEqual([])
    expect(world.server.counters).toMatchObject({ openStreams: 0, streamsOpened: 0 })
  })

  it('requirements can be read one by one', async () => {
    const { server } = refusals['requirements that are not met'] ?? {}
    const world = createWorld(server)
    const error = await errorOf(world.drive(world.client.run(config)))
    expect(error.requirements.map(({ type, key }) => [type, key])).toEqual([
      ['secret', 'OPENAI_KEY'],
      ['integration', 'google'],
    ])
  })

  it('too many requests say how long to wait, in either form', async () => {
    for (const retryAfterAs of ['seconds', 'date'] as const) {
      const world = createWorld(
        { faults: [fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 7, retryAfterAs })] },
        { maxRetries: 0 },
      )
      // By the client's clock, not by the machine's.
      expect(await errorOf(world.drive(world.client.run(config)))).toMatchObject({ retryAfterMs: 7000 })
    }
  })
})

describe('a line that is refused says so, and the task is never shown as failed', () => {
  const always = { times: Infinity }

  it.each<[string, readonly Fault[], string]>([
    ['401', [fault.refuse({ on: 'stream', status: 401, ...always })], 'unauthorized'],
    ['402', [fault.refuse({ on: 'stream', status: 402, ...always })], 'payment-required'],
    ['403', [fault.refuse({ on: 'stream', status: 403, ...always })], 'forbidden'],
    ['422', [fault.refuse({ on: 'stream', status: 422, ...always })], 'unprocessable'],
    [
      '404 for the stream and the task itself',
      [
        fault.refuse({ on: 'stream', status: 404, ...always }),
        fault.refuse({ on: 'task', status: 404, ...always }),
      ],
      'not-found',
    ],
  ])('for good: %s', async (_name, faults, code) => {
    const world = createWorld({ faults })
    const run = world.run()
    const { updates, ended } = watch(run)
    expect(await world.drive(ended)).toMatchObject({ code, retryable: false })
    expect(statusesOf(updates)).toEqual(['received'])
    await world.clock.advance(600_000)
    expect(world.server.counters.requests.stream).toBe(1)
    world.server.setFaults([])
    expect(await world.client.tasks.get(await run.id)).toMatchObject({ status: 'completed', logs: fiveSteps })
  })

  it.each([204, 205, 404, 405, 406, 410, 501])(
    'but for a stream that is not there (%s): the task itself is asked for, and has the last word',
    async (status) => {
      const world = createWorld({ faults: [fault.refuse({ on: 'stream', status, ...always })] })
      const { updates, ended } = watch(world.run())
      expect(await world.drive(ended)).toBe('quietly')
      expect(linesOf(updates)).toEqual(fiveSteps)
      expect(updates.at(-1)).toMatchObject({
        status: 'completed',
        output: { text: 'A fox went over the snow.' },
      })
      expect(world.server.counters.requests.stream).toBe(1)
    },
  )

  it.each([403, 404, 405])(
    'but for a task that may not be read (%s): its stream alone tells it, and ends it',
    async (status) => {
      const world = createWorld({ faults: [fault.refuse({ on: 'task', status, ...always })] })
      const { updates, ended } = watch(world.run())
      expect(await world.drive(ended)).toBe('quietly')
      expect(linesOf(updates)).toEqual(fiveSteps)
      expect(updates.at(-1)).toMatchObject({
        status: 'completed',
        output: { text: 'A fox went over the snow.' },
      })
    },
  )

  it.each<[string, Fault, string]>([
    ['408', fault.refuse({ on: 'stream', status: 408 }), 'http'],
    ['429', fault.refuse({ on: 'stream', status: 429, retryAfterSeconds: 2 }), 'rate-limited'],
    ['500', fault.refuse({ on: 'stream', status: 500 }), 'http'],
    ['503', fault.refuse({ on: 'task', status: 503, times: 3 }), 'http'],
    ['a web page in place of the stream', fault.html({ on: 'stream' }), 'wrong-content-type'],
    ['no way to the server', fault.unreachable({ on: 'stream' }), 'network'],
  ])('for a while: %s', async (_name, wrong, code) => {
    const world = createWorld({ faults: [wrong] })
    const run = world.client.follow.run(config)
    const errors: StreamError[] = []
    const statuses: string[] = []
    run.live.subscribe(({ connection, task }) => {
      if (connection.error !== null) errors.push(connection.error)
      statuses.push(task.status)
    })
    await world.clock.advance(60_000)
    expect(new Set(errors.map((error) => error.code))).toEqual(new Set([code]))
    expect(errors[0]?.message).toMatch(/^\[[a-z-]+\] [A-Z].{30,}/)
    expect(statuses).not.toContain('failed')
    expect(run.live.getState()).toMatchObject({
      task: { status: 'completed', output: { text: 'A fox went over the snow.' } },
      connection: { state: 'closed', error: null },
    })
    expect([...run.live.getState().task.logs.lines]).toEqual(fiveSteps)
    expect(world.server.counters.openStreams).toBe(0)
  })
})

describe.each(['sse', 'ndjson'] as const)(
  'what cannot be read in %s is passed over, and nothing is lost',
  (framing) => {
    async function outcome(options: SimulatorOptions, client: ClientOptions = {}): Promise<unknown> {
      const world = createWorld({ framing, ...options }, client)
      const run = world.run()
      const { updates, ended } = watch(run)
      const loop = await world.drive(ended)
      const { status, output, error, logs } = await run.result
      expect(statusesOf(updates)).not.toContain('failed')
      expect(linesOf(updates).toSorted()).toEqual(fiveSteps)
      expect(world.server.counters.openStreams).toBe(0)
      return { loop, status, output, error, logs: logs.toSorted() }
    }
    const wanted = {
      loop: 'quietly',
      status: 'completed',
      output: { text: 'A fox went over the snow.' },
      error: null,
      logs: fiveSteps,
    }
    /** Messages of the stream of `usual`: its present, and each later step. */
    const messageCount = usual.length

    it.each(['junk', 'null', 'unknown-event', 'blank', 'heartbeat'] as const)(
      '%s after each message',
      async (noise) => {
        expect(await outcome({ noise: [noise] })).toEqual(wanted)
      },
    )

    it('invalid JSON in place of any message', async () => {
      for (let line = 1; line <= messageCount; line++) {
        expect(await outcome({ faults: [fault.garbleLine({ on: 'stream', line })] })).toEqual(wanted)
      }
    })

    it('bytes that are not UTF-8 in any message', async () => {
      for (let line = 1; line <= messageCount; line++) {
        expect(await outcome({ faults: [fault.invalidUtf8({ on: 'stream', line })] })).toEqual(wanted)
      }
    })

    it('bytes that are not UTF-8, or no JSON, in the answer to the question for the task', async () => {
      expect(await outcome({ faults: [fault.garbleLine({ on: 'task' })] })).toEqual(wanted)
      expect(await outcome({ faults: [fault.invalidUtf8({ on: 'task' })] })).toEqual(wanted)
      expect(await outcome({ faults: [fault.html({ on: 'task' })] })).toEqual(wanted)
    })

    it('a message of 64 MiB', { timeout: 20_000 }, async () => {
      expect(await outcome({ giantLineBytes: 64 * 1024 * 1024 })).toEqual(wanted)
    })

    it('a message that is longer than is allowed, which is a fault of the line and says which option', async () => {
      const world = createWorld({ framing, giantLineBytes: 10_000 }, { maxMessageLength: 5000 })
      const errors: StreamError[] = []
      world.client.follow.run(config).live.subscribe(({ connection: { error } }) => {
        if (error !== null) errors.push(error)
      })
      await world.clock.advance(60_000)
      expect(errors[0]).toMatchObject({ code: 'frame-too-large', retryable: true })
      expect(errors[0]?.message).toMatch(/more than 5000/)
      expect(await outcome({ giantLineBytes: 10_000 }, { maxMessageLength: 5000 })).toEqual(wanted)
      expect(await outcome({ giantLineBytes: 3000 }, { maxMessageLength: 5000 })).toEqual(wanted)
    })
  },
)

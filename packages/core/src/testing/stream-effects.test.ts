import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { readBody, type BodyReading } from '../../test/read-body.ts'
import type { Fault } from './fault-kinds.ts'
import { fault } from './faults.ts'
import { createManualClock } from './manual-clock.ts'
import type { TaskScript } from './script.ts'
import { createSimulator, type Simulator } from './simulator.ts'
import type { SimulatorOptions } from './simulator-options.ts'

const simulators: Simulator[] = []

afterEach(() => {
  for (const simulator of simulators.splice(0)) simulator.close()
})

/** Seven messages in NDJSON: the task, four lines of its log, an update, the end. */
const script: TaskScript = [
  { atMs: 0, set: { status: 'running' } },
  ...['a', 'b', 'c', 'd'].map((line, index) => ({ atMs: 10 * (index + 1), logs: [line] })),
  { atMs: 50, set: { status: 'uploading' } },
  { atMs: 60, set: { status: 'completed', output: 1 } },
]

/** The stream of one run from its start to its end. */
async function follow(
  faults: readonly Fault[],
  options: SimulatorOptions = {},
): Promise<BodyReading & { readonly id: string }> {
  const clock = createManualClock()
  const simulator = createSimulator({ clock, script, framing: 'ndjson', envelope: 'v2', ...options, faults })
  simulators.push(simulator)
  const run = await simulator('https://api.test/run', { method: 'POST', body: '{"app":"a/b"}' })
  const { id } = (await run.json()) as { readonly id: string }
  const reading = readBody(await simulator(`https://api.test/tasks/${id}/stream`))
  await clock.advance(1000)
  expect(clock.pendingCount).toBe(0)
  return Object.assign(reading, { id })
}

const readLines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** What each line is about, in a word. */
const words = (text: string): readonly string[] =>
  readLines(text).map((line) => {
    if (typeof line['event'] === 'string') return line['event']
    if (typeof line['created_at'] === 'string') return `whole:${String(line['status'])}`
    return Array.isArray(line['logs']) ? String(line['logs'][0]) : String(line['status'])
  })

const WHOLE = ['whole:running', 'a', 'b', 'c', 'd', 'uploading', 'completed']

describe('a stream', () => {
  interface Case {
    readonly name: string
    readonly fault: Fault
    readonly words: readonly string[]
  }
  const on = 'stream'
  const [first = '', a = '', b = '', c = '', d = '', uploading = '', completed = ''] = WHOLE
  const cases: readonly Case[] = [
    {
      name: 'says the second message twice',
      fault: fault.duplicate({ on }),
      words: [first, a, a, b, c, d, uploading, completed],
    },
    {
      name: 'says a stretch twice, as a replay does',
      fault: fault.duplicate({ on, line: 2, count: 3 }),
      words: [first, a, b, c, a, b, c, d, uploading, completed],
    },
    {
      name: 'says the end twice',
      fault: fault.duplicate({ on, line: 7 }),
      words: [...WHOLE, completed],
    },
    {
      name: 'swaps two neighbours',
      fault: fault.reorder({ on, line: 3 }),
      words: [first, a, c, b, d, uploading, completed],
    },
    {
      name: 'says a message three late',
      fault: fault.reorder({ on, by: 3 }),
      words: [first, b, c, d, a, uploading, completed],
    },
    {
      name: 'says a message after the end',
      fault: fault.reorder({ on, line: 6 }),
      words: [first, a, b, c, d, completed, uploading],
    },
    {
      name: 'says at the end what would have come later still',
      fault: fault.reorder({ on, line: 2, by: 99 }),
      words: [first, b, c, d, uploading, completed, a],
    },
    {
      name: 'loses a message',
      fault: fault.gap({ on }),
      words: [first, b, c, d, uploading, completed],
    },
    {
      name: 'loses a stretch up to the end',
      fault: fault.gap({ on, line: 3, count: 99 }),
      words: [first, a],
    },
    {
      name: 'says a delta and a status of before after the end',
      fault: fault.deltaAfterEnd({ on }),
      words: [...WHOLE, 'delta', 'uploading'],
    },
    {
      name: 'tells the task as it was after the task as it is',
      fault: fault.staleSnapshot({ on, line: 6 }),
      words: [first, a, b, c, d, uploading, 'whole:uploading', 'whole:received', completed],
    },
    {
      name: 'reports an error and ends',
      fault: fault.errorEvent({ on, afterEvents: 3 }),
      words: [first, a, b, 'error'],
    },
    {
      name: 'reports an error at once',
      fault: fault.errorEvent({ on, afterEvents: 0 }),
      words: ['error'],
    },
  ]

  it.each(cases)('$name', async ({ fault: one, words: expected }) => {
    const reading = await follow([one])
    expect(words(reading.text)).toEqual(expected)
    expect(reading.outcome).toBe('end')
  })

  // A last message that is lost cannot lose its line ending.
  const ending = cases.filter(({ words: said }) => said.at(-1) !== a || said.length >= WHOLE.length)
  it.each(ending)('$name, and only its last line has no ending where that is asked for', async (one) => {
    const reading = await follow([one.fault], { finalNewline: false })
    expect(words(reading.text)).toEqual(one.words)
    expect(reading.text.split('\n')).toHaveLength(one.words.length)
  })

  it('says everything once, wherever one message is late', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.nat({ max: 8 }), async (line, by) => {
        const said = words((await follow([fault.reorder({ on, line, by })])).text)
        expect(said.toSorted()).toEqual(WHOLE.toSorted())
        const rest = said.filter((word) => word !== WHOLE[line - 1])
        expect(rest).toEqual(WHOLE.filter((_, index) => index !== line - 1))
        expect(said.indexOf(WHOLE[line - 1] ?? '')).toBe(Math.min(line - 1 + by, 6))
      }),
      { numRuns: 60 },
    )
  })

  it('has several faults at once, each by its own count', async () => {
    const faults = [
      fault.gap({ on, line: 2 }),
      fault.duplicate({ on, line: 3 }),
      fault.reorder({ on, line: 5 }),
    ]
    expect(words((await follow(faults)).text)).toEqual([first, b, b, c, uploading, d, completed])
  })

  it('does not say what is held back when it is cut', async () => {
    const faults = [fault.reorder({ on, by: 9 }), fault.cutAfterEvents(3, { on })]
    expect(words((await follow(faults)).text)).toEqual([first, b])
  })
})

describe('what comes late', () => {
  it('carries stamps and numbers by which it can be told', async () => {
    const reading = await follow(
      [fault.deltaAfterEnd({ on: 'stream' }), fault.staleSnapshot({ on: 'stream', line: 3 })],
      {
        dialect: 'live',
        statusStyle: 'name',
        script: [...script.slice(0, 2), { atMs: 15, delta: 1 }, ...script.slice(2)],
      },
    )
    const { id } = reading
    const said = readLines(reading.text).slice(3)
    const log = (text: string): unknown => [expect.objectContaining({ content: btoa(text) })]
    expect(said.slice(0, 2)).toMatchObject([
      { data: { id, status: 'running', updated_at: '2026-01-01T00:00:00.015Z', logs: log('a\n') } },
      { data: { id, status: 'received', updated_at: '2026-01-01T00:00:00Z', logs: [] } },
    ])
    expect(said.slice(-3)).toMatchObject([
      { data: { status: 'completed' } },
      { event: 'delta', data: { seq: 2 } },
      {
        data: { id, status: 'uploading', updated_at: '2026-01-01T00:00:00.05Z' },
        fields: ['status', 'updated_at'],
      },
    ])
  })

  it('comes after the end that the first message tells of, too', async () => {
    const reading = await follow([fault.deltaAfterEnd({ on: 'stream' })], {
      script: [{ atMs: 0, set: { status: 'completed' } }],
    })
    expect(words(reading.text)).toEqual(['whole:completed', 'delta', 'received'])
  })

  it('holds no line of the log that would be taken for a new one', async () => {
    const { text } = await follow([fault.staleSnapshot({ on: 'stream', line: 4 })])
    const wholes = readLines(text).filter((line) => 'created_at' in line)
    expect(wholes.slice(1).map(({ logs }) => logs)).toEqual([[], []])
  })
})

describe('an error in the stream', () => {
  const problem = { type: 'https://inference.sh/problems/worker_lost', status: 500, detail: 'gone' }
  const faults = [fault.errorEvent({ on: 'stream', problem })]

  it('is a line of NDJSON', async () => {
    expect(readLines((await follow(faults)).text).at(-1)).toEqual({ event: 'error', data: problem })
  })

  it('is an event of SSE', async () => {
    const { text } = await follow(faults, { framing: 'sse' })
    expect(text.split('\n\n').slice(1)).toEqual([`event: error\ndata: ${JSON.stringify(problem)}`, ''])
  })
})

describe('an answer that is no stream', () => {
  it('is safe from what happens between messages', async () => {
    const on = 'run'
    const simulate = createSimulator({
      clock: createManualClock(),
      faults: [
        fault.gap({ on, line: 1 }),
        fault.duplicate({ on, line: 1 }),
        fault.reorder({ on, line: 1 }),
        fault.staleSnapshot({ on, line: 1 }),
        fault.deltaAfterEnd({ on }),
        fault.errorEvent({ on, afterEvents: 0 }),
      ],
    })
    const answer = await simulate('https://api.test/run', { method: 'POST', body: '{"app":"a/b"}' })
    expect(await answer.json()).toMatchObject({ data: { status: 'received' } })
    simulate.close()
  })
})

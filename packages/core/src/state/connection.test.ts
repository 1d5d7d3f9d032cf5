import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import {
  defaultRetryPolicy,
  describeConnection,
  noLineFacts,
  holds,
  idleConnection,
  transition,
  type Connection,
  type ConnectionInfo,
  type ConnectionInput,
} from './connection.ts'

const fault = new StreamError('network', 'cut', { retryable: true })
const final = new StreamError('not-found', 'gone')
const earlier = new StreamError('idle', 'silence', { retryable: true })
const policy = defaultRetryPolicy
const nowMs = 1_000_000

type Variant<T extends { readonly status: string }> = {
  [S in T['status']]: S extends 'connecting' | 'closed'
    ? `${S}` | `${S} with an error`
    : S extends 'open'
      ? `${S}` | `${S} and quiet` | `${S} after a retry`
      : `${S}`
}[T['status']]
type StateName = Variant<Connection>
type InputName =
  | Exclude<ConnectionInput['type'], 'faulted'>
  | 'faulted, may retry'
  | 'faulted, budget used up'
  | 'faulted, final'

const states: Readonly<Record<StateName, Connection>> = {
  idle: idleConnection,
  connecting: { status: 'connecting', attempt: 0, error: null },
  'connecting with an error': { status: 'connecting', attempt: 3, error: earlier },
  open: { status: 'open', attempt: 0, quiet: false },
  'open and quiet': { status: 'open', attempt: 0, quiet: true },
  'open after a retry': { status: 'open', attempt: 3, quiet: false },
  waiting: { status: 'waiting', attempt: 3, retryAtMs: nowMs + 5, error: earlier },
  closed: { status: 'closed', error: null },
  'closed with an error': { status: 'closed', error: earlier },
}

const faulted = (error: StreamError): ConnectionInput => ({ type: 'faulted', error, nowMs, random: 0.5 })
const inputs: Readonly<Record<InputName, ConnectionInput>> = {
  wanted: { type: 'wanted' },
  unwanted: { type: 'unwanted' },
  opened: { type: 'opened' },
  applied: { type: 'applied' },
  quiet: { type: 'quiet' },
  heard: { type: 'heard' },
  finished: { type: 'finished' },
  'faulted, may retry': faulted(fault),
  'faulted, budget used up': faulted(fault),
  'faulted, final': faulted(final),
  elapsed: { type: 'elapsed' },
  'retry-now': { type: 'retry-now' },
}

/** The same reference: the input means nothing here. */
const same = 'same'
const idle = states.idle
const done: Connection = { status: 'closed', error: null }
const lost: Connection = { status: 'closed', error: fault }
const refused: Connection = { status: 'closed', error: final }
const calm: Connection = { status: 'open', attempt: 0, quiet: false }
const waiting = (attempt: number, delayMs: number): Connection => ({
  status: 'waiting',
  attempt,
  retryAtMs: nowMs + delayMs,
  error: fault,
})
const again = (attempt: number): Connection => ({ status: 'connecting', attempt, error: earlier })

const nothing: Readonly<Record<InputName, typeof same>> = {
  wanted: same,
  unwanted: same,
  opened: same,
  applied: same,
  quiet: same,
  heard: same,
  finished: same,
  'faulted, may retry': same,
  'faulted, budget used up': same,
  'faulted, final': same,
  elapsed: same,
  'retry-now': same,
}

/** Architecture §4, every cell. Rows without `nothing` name each input. */
const table: Readonly<Record<StateName, Readonly<Record<InputName, Connection | typeof same>>>> = {
  idle: {
    wanted: states.connecting,
    unwanted: same,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    elapsed: same,
    'retry-now': same,
  },
  connecting: {
    wanted: same,
    unwanted: idle,
    opened: calm,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': waiting(1, 500),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    elapsed: same,
    'retry-now': same,
  },
  'connecting with an error': {
    wanted: same,
    unwanted: idle,
    opened: states['open after a retry'],
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': waiting(4, 4000),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    elapsed: same,
    'retry-now': same,
  },
  open: {
    wanted: same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: states['open and quiet'],
    heard: same,
    finished: done,
    'faulted, may retry': waiting(1, 500),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    elapsed: same,
    'retry-now': same,
  },
  'open and quiet': {
    wanted: same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: same,
    heard: calm,
    finished: done,
    'faulted, may retry': waiting(1, 500),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    elapsed: same,
    'retry-now': same,
  },
  'open after a retry': {
    wanted: same,
    unwanted: idle,
    opened: same,
    applied: calm,
    quiet: { status: 'open', attempt: 3, quiet: true },
    heard: same,
    finished: done,
    'faulted, may retry': waiting(4, 4000),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    elapsed: same,
    'retry-now': same,
  },
  waiting: {
    wanted: same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    elapsed: again(3),
    'retry-now': again(1),
  },
  closed: nothing,
  'closed with an error': { ...nothing, 'retry-now': again(1) },
}

const cells = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([input, expected]) => ({
    state: state as StateName,
    input: input as InputName,
    expected,
  })),
)

describe('transition', () => {
  it.each(cells)('$state × $input', ({ state, input, expected }) => {
    const before = states[state]
    const attempt = 'attempt' in before ? before.attempt : 0
    const maxRetries = input === 'faulted, budget used up' ? attempt : attempt + 1
    const next = transition(before, inputs[input], { ...policy, maxRetries })
    if (expected === same) expect(next).toBe(before)
    else expect(next).toEqual(expected)
  })
})

describe('holds', () => {
  const held: Readonly<Record<StateName, ReturnType<typeof holds>>> = {
    idle: 'nothing',
    connecting: 'request',
    'connecting with an error': 'request',
    open: 'request',
    'open and quiet': 'request',
    'open after a retry': 'request',
    waiting: 'timer',
    closed: 'nothing',
    'closed with an error': 'nothing',
  }
  it.each(Object.entries(held))('%s holds %s', (name, resource) => {
    expect(holds(states[name as StateName])).toBe(resource)
  })
})

describe('describeConnection', () => {
  const base = {
    attempt: 0,
    nextRetryAt: null,
    lastEventAt: 77,
    skippedCount: 0,
    transport: null,
    error: null,
  } as const
  const shown: Readonly<Record<StateName, ConnectionInfo>> = {
    idle: { ...base, state: 'idle' },
    connecting: { ...base, state: 'connecting' },
    'connecting with an error': { ...base, state: 'reconnecting', attempt: 3, error: earlier },
    open: { ...base, state: 'live', transport: 'stream' },
    'open and quiet': { ...base, state: 'stalled', transport: 'stream' },
    'open after a retry': { ...base, state: 'live', attempt: 3, transport: 'stream' },
    waiting: { ...base, state: 'reconnecting', attempt: 3, nextRetryAt: nowMs + 5, error: earlier },
    closed: { ...base, state: 'closed' },
    'closed with an error': { ...base, state: 'closed', error: earlier },
  }
  it.each(Object.entries(shown))('%s', (name, info) => {
    expect(describeConnection(states[name as StateName], { ...noLineFacts, lastEventAt: 77 })).toEqual(info)
  })

  it('an open line that asks instead of listening is polling, and counts what was skipped', () => {
    const facts = { ...noLineFacts, transport: 'polling', skippedCount: 2 } as const
    expect(describeConnection(states.open, facts)).toMatchObject({
      state: 'polling',
      transport: 'polling',
      skippedCount: 2,
    })
    expect(describeConnection(states['open and quiet'], facts).state).toBe('stalled')
  })
})

import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { holds, idleConnection, transition, type Connection, type ConnectionInput } from './connection.ts'
import { defaultRetryPolicy } from './retry-delay.ts'

/** Kinds of each state that differ in what an input does to them; the compiler asks for those of a new state. */
interface StateKinds {
  readonly idle: 'idle'
  readonly connecting: 'connecting' | 'connecting again'
  readonly open: 'open' | 'open after retries' | 'open, quiet' | 'open, cut off'
  readonly waiting: 'waiting' | 'waiting, as asked'
  readonly offline: 'offline'
  readonly closed: 'closed, finished' | 'closed, given up' | 'closed, refused'
}
type StateName = StateKinds[Connection['status']]
type InputName =
  | Exclude<ConnectionInput['type'], 'faulted' | 'woken'>
  | 'wanted, too soon'
  | 'faulted, may retry'
  | 'faulted after a long life'
  | 'faulted, budget used up'
  | 'faulted, final'
  | 'faulted while offline'
  | 'woken, silent'
  | 'woken, lively'
  | 'woken, silent while offline'

const nowMs = 1_000_000
/** Before this moment the ceiling of attempts allows none. */
const ceilingMs = nowMs + 40
/** What broke the line before. */
const earlier = new StreamError('idle', 'silence', { retryable: true })
const fault = new StreamError('network', 'cut', { retryable: true })
const final = new StreamError('not-found', 'gone')
/** Stand for the errors that the machine itself makes. */
const noNetwork = new StreamError('network', 'offline', { retryable: true })
const silence = new StreamError('network', 'silent', { retryable: true })
const tooSoon = new StreamError('network', 'too soon', { retryable: true })

const open: Connection = { status: 'open', attempt: 0, quiet: false, cutOff: false }
const states: Readonly<Record<StateName, Connection>> = {
  idle: idleConnection,
  connecting: { status: 'connecting', attempt: 0, error: null },
  'connecting again': { status: 'connecting', attempt: 3, error: earlier },
  open,
  'open after retries': { ...open, attempt: 3 },
  'open, quiet': { ...open, quiet: true },
  'open, cut off': { ...open, cutOff: true },
  waiting: {
    status: 'waiting',
    attempt: 3,
    retryAtMs: nowMs + 5000,
    notBeforeMs: nowMs + 60,
    error: earlier,
  },
  'waiting, as asked': {
    status: 'waiting',
    attempt: 3,
    retryAtMs: nowMs + 60,
    notBeforeMs: nowMs + 60,
    error: earlier,
  },
  offline: { status: 'offline', attempt: 3, error: earlier },
  'closed, finished': { status: 'closed', error: null },
  'closed, given up': { status: 'closed', error: earlier },
  'closed, refused': { status: 'closed', error: final },
}

const base = {
  type: 'faulted',
  error: fault,
  nowMs,
  random: 0.5,
  isOnline: true,
  serverDelayMs: null,
  notBeforeMs: nowMs,
  livedMs: 0,
} as const
const faulted = (error: StreamError, isOnline: boolean = true): ConnectionInput => ({
  ...base,
  error,
  isOnline,
})
/** The line broke after it was heard of for `livedMs` milliseconds. */
const brokeAfter = (livedMs: number): ConnectionInput => ({ ...base, livedMs })
const { maxDelayMs } = defaultRetryPolicy
const woken = (isSilent: boolean, isOnline: boolean): ConnectionInput => ({
  type: 'woken',
  nowMs,
  notBeforeMs: ceilingMs,
  isSilent,
  isOnline,
})
const inputs: Readonly<Record<InputName, ConnectionInput>> = {
  wanted: { type: 'wanted', nowMs, notBeforeMs: nowMs },
  'wanted, too soon': { type: 'wanted', nowMs, notBeforeMs: ceilingMs },
  unwanted: { type: 'unwanted' },
  opened: { type: 'opened' },
  applied: { type: 'applied' },
  quiet: { type: 'quiet' },
  heard: { type: 'heard' },
  finished: { type: 'finished' },
  'faulted, may retry': faulted(fault),
  'faulted after a long life': brokeAfter(maxDelayMs),
  'faulted, budget used up': faulted(fault),
  'faulted, final': faulted(final),
  'faulted while offline': faulted(fault, false),
  elapsed: { type: 'elapsed' },
  'retry-now': { type: 'retry-now', nowMs },
  offline: { type: 'offline' },
  online: { type: 'online', nowMs, notBeforeMs: ceilingMs },
  'woken, silent': woken(true, true),
  'woken, lively': woken(false, true),
  'woken, silent while offline': woken(true, false),
}

/** The same reference: the input means nothing here. */
const same = 'same'
const { idle } = states
const done = states['closed, finished']
const refused = states['closed, refused']
const lost: Connection = { status: 'closed', error: fault }
const connecting = (attempt: number, error: StreamError | null): Connection => ({
  status: 'connecting',
  attempt,
  error,
})
const waiting = (attempt: number, delayMs: number): Connection => ({
  status: 'waiting',
  attempt,
  retryAtMs: nowMs + delayMs,
  notBeforeMs: nowMs,
  error: fault,
})
const offline = (attempt: number, error: StreamError): Connection => ({ status: 'offline', attempt, error })
/** An attempt as soon as the ceiling allows one. */
const soon = (attempt: number, error: StreamError): Connection => ({
  status: 'waiting',
  attempt,
  retryAtMs: ceilingMs,
  notBeforeMs: ceilingMs,
  error,
})
/** The request is let go, and another is made. */
const anew = (attempt: number): Connection => soon(attempt, silence)
/** The same, for somebody who asked for it: at once, and with a new budget. */
const anewNow: Connection = {
  status: 'waiting',
  attempt: 1,
  retryAtMs: nowMs,
  notBeforeMs: 0,
  error: silence,
}
/** The wait that goes on, no longer than what was asked for. */
const sooner = states['waiting, as asked']

/** Architecture §4, every cell. Chance is in the middle: between 100 ms and 1 s at first, and 8 s the fourth time. */
const table: Readonly<Record<StateName, Readonly<Record<InputName, Connection | typeof same>>>> = {
  idle: {
    wanted: connecting(0, null),
    'wanted, too soon': soon(0, tooSoon),
    unwanted: same,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted after a long life': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    'faulted while offline': same,
    elapsed: same,
    'retry-now': same,
    offline: same,
    online: same,
    'woken, silent': same,
    'woken, lively': same,
    'woken, silent while offline': same,
  },
  connecting: {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: open,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': waiting(1, 550),
    'faulted after a long life': waiting(1, 550),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    'faulted while offline': offline(0, fault),
    elapsed: same,
    'retry-now': same,
    offline: offline(0, noNetwork),
    online: same,
    'woken, silent': anew(0),
    'woken, lively': same,
    'woken, silent while offline': anew(0),
  },
  'connecting again': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: states['open after retries'],
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': waiting(4, 4050),
    'faulted after a long life': waiting(1, 550),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    'faulted while offline': offline(3, fault),
    elapsed: same,
    'retry-now': same,
    offline: offline(3, noNetwork),
    online: same,
    'woken, silent': anew(3),
    'woken, lively': same,
    'woken, silent while offline': anew(3),
  },
  open: {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: states['open, quiet'],
    heard: same,
    finished: done,
    'faulted, may retry': waiting(1, 550),
    'faulted after a long life': waiting(1, 550),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    'faulted while offline': offline(0, fault),
    elapsed: same,
    'retry-now': same,
    offline: states['open, cut off'],
    online: same,
    'woken, silent': anew(0),
    'woken, lively': same,
    'woken, silent while offline': same,
  },
  'open after retries': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: same,
    applied: open,
    quiet: { ...open, attempt: 3, quiet: true },
    heard: same,
    finished: done,
    'faulted, may retry': waiting(4, 4050),
    'faulted after a long life': waiting(1, 550),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    'faulted while offline': offline(3, fault),
    elapsed: same,
    'retry-now': same,
    offline: { ...open, attempt: 3, cutOff: true },
    online: same,
    'woken, silent': anew(3),
    'woken, lively': same,
    'woken, silent while offline': same,
  },
  'open, quiet': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: same,
    heard: open,
    finished: done,
    'faulted, may retry': waiting(1, 550),
    'faulted after a long life': waiting(1, 550),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    'faulted while offline': offline(0, fault),
    elapsed: same,
    'retry-now': anewNow,
    offline: { ...open, quiet: true, cutOff: true },
    online: same,
    'woken, silent': anew(0),
    'woken, lively': same,
    'woken, silent while offline': same,
  },
  'open, cut off': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: { ...open, quiet: true, cutOff: true },
    heard: open,
    finished: done,
    'faulted, may retry': waiting(1, 550),
    'faulted after a long life': waiting(1, 550),
    'faulted, budget used up': lost,
    'faulted, final': refused,
    'faulted while offline': offline(0, fault),
    elapsed: same,
    'retry-now': anewNow,
    offline: same,
    online: anew(0),
    'woken, silent': anew(0),
    'woken, lively': same,
    'woken, silent while offline': same,
  },
  waiting: {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted after a long life': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    'faulted while offline': same,
    elapsed: connecting(3, earlier),
    'retry-now': connecting(1, earlier),
    offline: offline(3, noNetwork),
    online: sooner,
    'woken, silent': sooner,
    'woken, lively': sooner,
    'woken, silent while offline': sooner,
  },
  'waiting, as asked': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted after a long life': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    'faulted while offline': same,
    elapsed: connecting(3, earlier),
    'retry-now': connecting(1, earlier),
    offline: offline(3, noNetwork),
    online: same,
    'woken, silent': same,
    'woken, lively': same,
    'woken, silent while offline': same,
  },
  offline: {
    wanted: same,
    'wanted, too soon': same,
    unwanted: idle,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted after a long life': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    'faulted while offline': same,
    elapsed: same,
    'retry-now': connecting(1, earlier),
    offline: same,
    online: soon(3, earlier),
    'woken, silent': soon(3, earlier),
    'woken, lively': soon(3, earlier),
    'woken, silent while offline': same,
  },
  'closed, finished': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: same,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: same,
    'faulted, may retry': same,
    'faulted after a long life': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    'faulted while offline': same,
    elapsed: same,
    'retry-now': same,
    offline: same,
    online: same,
    'woken, silent': same,
    'woken, lively': same,
    'woken, silent while offline': same,
  },
  'closed, given up': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: same,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted after a long life': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    'faulted while offline': same,
    elapsed: same,
    'retry-now': connecting(1, earlier),
    offline: same,
    online: soon(1, earlier),
    'woken, silent': soon(1, earlier),
    'woken, lively': soon(1, earlier),
    'woken, silent while offline': same,
  },
  'closed, refused': {
    wanted: same,
    'wanted, too soon': same,
    unwanted: same,
    opened: same,
    applied: same,
    quiet: same,
    heard: same,
    finished: done,
    'faulted, may retry': same,
    'faulted after a long life': same,
    'faulted, budget used up': same,
    'faulted, final': same,
    'faulted while offline': same,
    elapsed: same,
    'retry-now': connecting(1, final),
    offline: same,
    online: same,
    'woken, silent': same,
    'woken, lively': same,
    'woken, silent while offline': same,
  },
}

const cells = Object.entries(table).flatMap(([state, row]) =>
  Object.entries(row).map(([input, expected]) => ({
    state: state as StateName,
    input: input as InputName,
    expected,
  })),
)

const given: ReadonlySet<StreamError> = new Set([earlier, fault, final])

/** The connection with a stand-in for an error that the machine made, known by its words. */
function withStandIn(c: Connection): Connection {
  if (!('error' in c) || c.error === null || given.has(c.error)) return c
  const { code, retryable, message } = c.error
  expect([code, retryable]).toEqual(['network', true])
  if (message.includes('there is no network')) return { ...c, error: noNetwork }
  return { ...c, error: message.includes('was opened often') ? tooSoon : silence }
}

describe('transition', () => {
  it.each(cells)('$state × $input', ({ state, input, expected }) => {
    const before = states[state]
    const attempt = 'attempt' in before ? before.attempt : 0
    const maxRetries = input === 'faulted, budget used up' ? attempt : attempt + 1
    const next = transition(before, inputs[input], { ...defaultRetryPolicy, maxRetries })
    if (expected === same) return expect(next).toBe(before)
    const shown = withStandIn(next)
    expect(shown).toStrictEqual(expected)
    // Errors with the same words are equal to the comparison above; it must be the very one.
    if ('error' in expected) expect('error' in shown && shown.error).toBe(expected.error)
  })

  it('spends nothing of the budget without a network, even when nothing is left of it', () => {
    const spent = transition(states['connecting again'], inputs['faulted while offline'], {
      ...defaultRetryPolicy,
      maxRetries: 3,
    })
    expect(spent).toEqual(offline(3, fault))
  })

  it('gives up without a network where nothing is ever retried, or where the error is final', () => {
    const never = { ...defaultRetryPolicy, maxRetries: 0 }
    expect(transition(states.connecting, inputs['faulted while offline'], never)).toEqual(lost)
    expect(transition(states.connecting, faulted(final, false), defaultRetryPolicy)).toEqual(refused)
  })

  it('waits no shorter than the longest of what chance, the server and the ceiling ask for', () => {
    const at = (serverDelayMs: number | null, notBeforeMs: number, error: StreamError = fault): unknown =>
      transition(states.connecting, { ...base, error, serverDelayMs, notBeforeMs }, defaultRetryPolicy)
    const limited = new StreamError('rate-limited', 'slow down', { retryable: true, retryAfterMs: 60_000 })
    const asked = (retryInMs: number, notBeforeInMs: number): object => ({
      retryAtMs: nowMs + retryInMs,
      notBeforeMs: nowMs + notBeforeInMs,
    })
    expect(at(null, nowMs)).toMatchObject(asked(550, 0))
    expect(at(4000, nowMs)).toMatchObject(asked(5000, 0))
    expect(at(4000, nowMs + 9000)).toMatchObject(asked(9000, 9000))
    expect(at(4000, nowMs + 9000, limited)).toMatchObject(asked(60_000, 60_000))
    expect(at(4000, nowMs + 90_000, limited)).toMatchObject(asked(90_000, 90_000))
  })

  it('begins a new budget with a line that was heard for as long as the longest wait, and no sooner', () => {
    const policy = { ...defaultRetryPolicy, maxRetries: 3 }
    const spent = states['open after retries']
    expect(transition(spent, brokeAfter(maxDelayMs - 1), policy)).toEqual(lost)
    expect(transition(spent, brokeAfter(maxDelayMs), policy)).toEqual(waiting(1, 550))
    const impatient = { ...policy, maxDelayMs: 2000 }
    expect(transition(spent, brokeAfter(1999), impatient)).toEqual(lost)
    expect(transition(spent, brokeAfter(2000), impatient)).toEqual(waiting(1, 550))
  })

  it('retries nothing where nothing is ever retried, however long the line lived', () => {
    expect(transition(open, brokeAfter(3_600_000), { ...defaultRetryPolicy, maxRetries: 0 })).toEqual(lost)
  })

  it.each<[what: string, end: Connection['status'], livedMs: number, openings: number]>([
    ['a proxy that cuts every 120 s', 'waiting', 120_000, 30],
    ['a server that opens and drops at once', 'closed', 0, 11],
  ])('of a task that says nothing for an hour, behind %s, the line is %s', (_, end, livedMs, openings) => {
    let c = transition(idleConnection, inputs.wanted, defaultRetryPolicy)
    let atMs = 0
    let openedCount = 0
    while (atMs <= 3_600_000 && c.status !== 'closed') {
      c = transition(c, inputs.opened, defaultRetryPolicy)
      openedCount++
      atMs += livedMs
      c = transition(c, { ...base, nowMs: atMs, notBeforeMs: atMs, livedMs }, defaultRetryPolicy)
      if (c.status !== 'waiting') continue
      atMs = c.retryAtMs
      if (atMs <= 3_600_000) c = transition(c, inputs.elapsed, defaultRetryPolicy)
    }
    expect([c.status, openedCount]).toEqual([end, openings])
  })

  it.each<[StateName, ConnectionInput]>([
    ['connecting', woken(true, true)],
    ['open', woken(true, true)],
    ['open, cut off', inputs.online],
    ['waiting', inputs.online],
    ['offline', inputs.online],
    ['offline', woken(false, true)],
    ['closed, given up', inputs.online],
  ])('waits for nothing when the ceiling is in the past: %s', (name, input) => {
    const past = nowMs - 1
    const before = states[name]
    const from = before.status === 'waiting' ? { ...before, notBeforeMs: past } : before
    const told = 'notBeforeMs' in input ? { ...input, notBeforeMs: past } : input
    const next = transition(from, told, defaultRetryPolicy)
    expect(next).toMatchObject({ status: 'waiting', retryAtMs: nowMs, notBeforeMs: past })
  })

  it('connects at once to what is wanted when the ceiling is in the past', () => {
    const wanted: ConnectionInput = { type: 'wanted', nowMs, notBeforeMs: nowMs - 1 }
    expect(transition(idle, wanted, defaultRetryPolicy)).toEqual(connecting(0, null))
  })

  it('makes its first attempt still when a line was wanted too soon', () => {
    const early = transition(idle, inputs['wanted, too soon'], defaultRetryPolicy)
    const first = transition(early, inputs.elapsed, defaultRetryPolicy)
    expect(first).toMatchObject({ status: 'connecting', attempt: 0 })
    expect(transition(first, faulted(fault), defaultRetryPolicy)).toEqual(waiting(1, 550))
  })

  it('leaves a line alone that is never retried, once it was given up, but for a wish', () => {
    const never = { ...defaultRetryPolicy, maxRetries: 0 }
    const given = states['closed, given up']
    for (const input of [inputs.online, woken(true, true), woken(false, true)])
      expect(transition(given, input, never)).toBe(given)
    expect(transition(given, inputs['retry-now'], never)).toEqual(connecting(1, earlier))
    expect(transition(given, inputs.finished, never)).toEqual(done)
  })
})

describe('holds', () => {
  const held: Readonly<Record<StateName, ReturnType<typeof holds>>> = {
    idle: 'nothing',
    connecting: 'request',
    'connecting again': 'request',
    open: 'request',
    'open after retries': 'request',
    'open, quiet': 'request',
    'open, cut off': 'request',
    waiting: 'timer',
    'waiting, as asked': 'timer',
    offline: 'nothing',
    'closed, finished': 'nothing',
    'closed, given up': 'nothing',
    'closed, refused': 'nothing',
  }
  it.each(Object.entries(held))('%s holds %s', (name, resource) => {
    expect(holds(states[name as StateName])).toBe(resource)
  })
})

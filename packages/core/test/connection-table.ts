import { StreamError } from '../src/errors.ts'
import { transition, type Connection, type ConnectionInput } from '../src/state/connection.ts'
import { defaultRetryPolicy } from '../src/state/retry-delay.ts'

const nowMs = 1000
const attempt = 2
const mayRetry = new StreamError('network', 'It broke.', { retryable: true })
const final = new StreamError('forbidden', 'It is refused.', { retryable: false })

const states: Readonly<Record<string, Connection>> = {
  idle: { status: 'idle' },
  'connecting n': { status: 'connecting', attempt, error: mayRetry },
  'open n': { status: 'open', attempt, quiet: false, cutOff: false },
  'open n, quiet': { status: 'open', attempt, quiet: true, cutOff: false },
  'open n, cut off': { status: 'open', attempt, quiet: false, cutOff: true },
  'waiting n': { status: 'waiting', attempt, retryAtMs: nowMs + 500, notBeforeMs: 0, error: mayRetry },
  'offline n': { status: 'offline', attempt, error: mayRetry },
  over: { status: 'closed', error: null },
  'given up': { status: 'closed', error: mayRetry },
  refused: { status: 'closed', error: final },
}

const fault = {
  type: 'faulted',
  nowMs,
  notBeforeMs: nowMs,
  random: 0.5,
  serverDelayMs: null,
  isOnline: true,
  livedMs: 0,
} as const
const woken = { type: 'woken', nowMs, notBeforeMs: 0, isOnline: true } as const

const inputs: Readonly<Record<string, ConnectionInput>> = {
  wanted: { type: 'wanted', nowMs, notBeforeMs: nowMs },
  'wanted too soon': { type: 'wanted', nowMs, notBeforeMs: nowMs + 1 },
  unwanted: { type: 'unwanted' },
  opened: { type: 'opened' },
  applied: { type: 'applied' },
  quiet: { type: 'quiet' },
  heard: { type: 'heard' },
  finished: { type: 'finished' },
  'faulted, may retry': { ...fault, error: mayRetry },
  'faulted after 30 s': { ...fault, error: mayRetry, livedMs: 30_000 },
  'faulted, final': { ...fault, error: final },
  'faulted offline': { ...fault, error: mayRetry, isOnline: false },
  elapsed: { type: 'elapsed' },
  'retry now': { type: 'retry-now', nowMs },
  offline: { type: 'offline' },
  online: { type: 'online', nowMs, notBeforeMs: 0 },
  'woken, silent': { ...woken, isSilent: true },
  'woken, lively': { ...woken, isSilent: false },
}

function describe(next: Connection): string {
  switch (next.status) {
    case 'idle':
      return 'idle'
    case 'connecting':
      return `connecting ${count(next.attempt)}`
    case 'open':
      return `open ${count(next.attempt)}${next.quiet ? ', quiet' : ''}${next.cutOff ? ', cut off' : ''}`
    case 'waiting':
      return `waiting ${count(next.attempt)}${next.retryAtMs === nowMs ? ', now' : ''}`
    case 'offline':
      return `offline ${count(next.attempt)}`
    case 'closed':
      if (next.error === null) return 'over'
      return next.error.retryable ? 'given up' : 'refused'
  }
}

function count(of: number): string {
  if (of === attempt) return 'n'
  return of === attempt + 1 ? 'n+1' : String(of)
}

/** The whole table of the connection as Markdown: a row for each input, a column for each state, `=` for no change. */
export function connectionTable(): string {
  const head = ['', ...Object.keys(states)]
  const rows = Object.entries(inputs).map(([name, input]) => [
    name,
    ...Object.values(states).map((state) => {
      const next = transition(state, input, defaultRetryPolicy)
      return next === state ? '=' : describe(next)
    }),
  ])
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

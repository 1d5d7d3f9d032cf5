import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { describeConnection, noLineFacts, type ConnectionInfo, type LineFacts } from './connection-info.ts'
import { idleConnection, type Connection } from './connection.ts'

const error = new StreamError('idle', 'silence', { retryable: true })
const refusal = new StreamError('not-found', 'gone')
const facts: LineFacts = { lastEventAt: 77, skippedCount: 2, nextRetryAt: 1005, transport: 'stream' }
const open: Connection = { status: 'open', attempt: 0, quiet: false, cutOff: false }
const nothing = {
  attempt: 0,
  nextRetryAt: null,
  lastEventAt: 77,
  skippedCount: 2,
  transport: null,
  error: null,
}

const shown: readonly (readonly [name: string, Connection, ConnectionInfo])[] = [
  ['idle', idleConnection, { ...nothing, state: 'idle' }],
  [
    'the first attempt',
    { status: 'connecting', attempt: 0, error: null },
    { ...nothing, state: 'connecting' },
  ],
  [
    'a later attempt',
    { status: 'connecting', attempt: 3, error },
    { ...nothing, state: 'reconnecting', attempt: 3, error },
  ],
  ['an open line', open, { ...nothing, state: 'live', transport: 'stream' }],
  [
    'an open line without news',
    { ...open, attempt: 3 },
    { ...nothing, state: 'live', attempt: 3, transport: 'stream' },
  ],
  ['a quiet line', { ...open, quiet: true }, { ...nothing, state: 'stalled', transport: 'stream' }],
  [
    'an open line without a network',
    { ...open, cutOff: true },
    { ...nothing, state: 'offline', transport: 'stream' },
  ],
  [
    'a quiet line without a network, which is why',
    { ...open, quiet: true, cutOff: true },
    { ...nothing, state: 'offline', transport: 'stream' },
  ],
  [
    'a wait',
    { status: 'waiting', attempt: 3, retryAtMs: 60, notBeforeMs: 40, error },
    { ...nothing, state: 'reconnecting', attempt: 3, nextRetryAt: 1005, error },
  ],
  [
    'a wait before the first attempt',
    { status: 'waiting', attempt: 0, retryAtMs: 60, notBeforeMs: 60, error },
    { ...nothing, state: 'reconnecting', nextRetryAt: 1005, error },
  ],
  [
    'no network',
    { status: 'offline', attempt: 3, error },
    { ...nothing, state: 'offline', attempt: 3, error },
  ],
  ['the end', { status: 'closed', error: null }, { ...nothing, state: 'closed' }],
  ['a line given up', { status: 'closed', error }, { ...nothing, state: 'closed', error }],
  ['a refusal', { status: 'closed', error: refusal }, { ...nothing, state: 'closed', error: refusal }],
]

describe('describeConnection', () => {
  it.each(shown)('%s', (_, connection, info) => {
    const described = describeConnection(connection, facts)
    expect(described).toStrictEqual(info)
    expect(described.error).toBe(info.error)
  })

  it('shows every status', () => {
    const statuses: Readonly<Record<Connection['status'], true>> = {
      idle: true,
      connecting: true,
      open: true,
      waiting: true,
      offline: true,
      closed: true,
    }
    expect(new Set(shown.map(([, { status }]) => status))).toEqual(new Set(Object.keys(statuses)))
  })

  it.each([
    ['polling', open],
    ['stalled', { ...open, quiet: true }],
    ['offline', { ...open, cutOff: true }],
  ] as const)('a line that asks instead of listening is %s', (state, connection) => {
    expect(describeConnection(connection, { ...facts, transport: 'polling' })).toMatchObject({
      state,
      transport: 'polling',
    })
  })

  it.each(shown.filter(([, { status }]) => status !== 'open'))(
    'says no transport while nothing is followed: %s',
    (_, connection) => {
      expect(describeConnection(connection, { ...facts, transport: 'polling' }).transport).toBeNull()
    },
  )

  it('has heard nothing where no facts are given', () => {
    expect(describeConnection(open)).toMatchObject({ ...noLineFacts, state: 'live' })
    expect(noLineFacts).toEqual({
      lastEventAt: null,
      skippedCount: 0,
      nextRetryAt: null,
      transport: 'stream',
    })
  })
})

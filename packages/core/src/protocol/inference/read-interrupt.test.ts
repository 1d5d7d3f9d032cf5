import { describe, expect, it } from 'vitest'
import type { Interrupt } from '../agent-event.ts'
import { readInterrupt } from './read-interrupt.ts'

const wire = {
  id: 'i1',
  run_id: 'r1',
  chat_id: 'c1',
  reason: 'tool_approval',
  source: 'tool',
  resource_id: 'v2',
  resource_type: 'tool_invocation',
  status: 'pending',
  meta: '{"tool_invocation_id":"v2","tool_name":"send_mail","arguments":{"to":"a@b.c"}}',
}
const read: Interrupt = {
  id: 'i1',
  reason: 'tool_approval',
  status: 'pending',
  resourceId: 'v2',
  expiresAt: null,
  meta: { tool_invocation_id: 'v2', tool_name: 'send_mail', arguments: { to: 'a@b.c' } },
}

describe('readInterrupt', () => {
  it.each<[string, object, Partial<Interrupt>]>([
    ['appendix A7', {}, {}],
    ['meta as an object', { meta: { tool_name: 'x' } }, { meta: { tool_name: 'x' } }],
    ['meta that is no JSON', { meta: '{' }, { meta: null }],
    ['no meta', { meta: null }, { meta: null }],
    ['a new reason', { reason: 'full_moon' }, { reason: 'unknown' }],
    ['no reason', { reason: null }, { reason: 'unknown' }],
    ['canceled with one l', { status: 'canceled' }, { status: 'cancelled' }],
    ['no status', { status: null }, { status: 'unknown' }],
    ['a number for a resource', { resource_id: 7 }, { resourceId: null }],
    [
      'when it expires',
      { expires_at: '2026-10-01T09:00:00.5Z' },
      { expiresAt: Date.UTC(2026, 9, 1, 9) + 500 },
    ],
    ['a zero time', { expires_at: '0001-01-01T00:00:00Z' }, { expiresAt: null }],
  ])('reads %s', (_, changes, expected) => {
    expect(readInterrupt({ ...wire, ...changes })).toEqual({ ...read, ...expected })
  })

  it.each([null, '', 7])('takes the id %j for none', (id) => {
    expect(readInterrupt({ ...wire, id })).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import type { ToolInvocation } from '../agent-event.ts'
import { readInvocation } from './read-invocation.ts'

const wire = {
  id: 'v1',
  chat_message_id: 'm1',
  tool_invocation_id: 'call_1',
  type: 'client',
  display_name: 'Get location',
  execution_id: null,
  function: { name: 'get_location', arguments: { precise: true } },
  status: 'in_progress',
  result: null,
  data: null,
  widget: null,
}
const read: ToolInvocation = {
  id: 'v1',
  callId: 'call_1',
  kind: 'client',
  name: 'get_location',
  displayName: 'Get location',
  status: 'in_progress',
  args: { precise: true },
  result: null,
  data: null,
  widget: null,
  executionId: null,
}
const called = (args: unknown): object => ({ function: { name: 'get_location', arguments: args } })

describe('readInvocation', () => {
  it.each<[string, object, Partial<ToolInvocation>]>([
    ['a call', {}, {}],
    ['arguments as text', called('{"precise":false}'), { args: { precise: false } }],
    ['arguments that are no JSON', called('{"precise":'), { args: null }],
    ['no arguments', called(null), { args: null }],
    ['no function', { function: null }, { name: '', args: null }],
    [
      'numbers for texts',
      { function: { name: 7 }, display_name: 7 },
      { name: '', args: null, displayName: null },
    ],
    ['every kind: app', { type: 'app', execution_id: 't9' }, { kind: 'app', executionId: 't9' }],
    ['every kind: mcp', { type: 'MCP' }, { kind: 'mcp' }],
    ['a new kind', { type: 'telepathy' }, { kind: 'unknown' }],
    ['no kind', { type: null }, { kind: 'unknown' }],
    ['awaiting approval', { status: 'awaiting_approval' }, { status: 'awaiting_approval' }],
    ['canceled with one l', { status: 'canceled' }, { status: 'cancelled' }],
    ['a new status', { status: 'paused' }, { status: 'unknown' }],
    ['a number for a status', { status: 7 }, { status: 'unknown' }],
    ['a result', { result: '{"lat":59.9}' }, { result: '{"lat":59.9}' }],
    ['an empty result', { result: '' }, { result: '' }],
    ['a result that is no text', { result: { lat: 59.9 } }, { result: '{"lat":59.9}' }],
    ['data', { data: { input_required: true } }, { data: { input_required: true } }],
    ['data as text', { data: '{"input_required":true}' }, { data: { input_required: true } }],
    ['data that is no object', { data: '[1]' }, { data: null }],
    ['a widget', { widget: { surfaceId: 's' } }, { widget: { surfaceId: 's' } }],
    ['a widget as text', { widget: '{"surfaceId":"s"}' }, { widget: { surfaceId: 's' } }],
  ])('reads %s', (_, changes, expected) => {
    expect(readInvocation({ ...wire, ...changes })).toEqual({ ...read, ...expected })
  })

  it.each([{}, { id: null }, { id: '' }, { id: 7 }])(
    'takes %j for none: it cannot be answered',
    (changes) => {
      const { id: _, ...rest } = wire
      expect(readInvocation({ ...rest, ...changes })).toBeNull()
    },
  )

  it('does not throw for arguments that nest 1,000 deep', () => {
    const args = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`
    expect(JSON.stringify(readInvocation({ ...wire, ...called(args) })?.args)).toBe(args)
  })
})

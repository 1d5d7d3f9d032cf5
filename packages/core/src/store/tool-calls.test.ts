import { describe, expect, it } from 'vitest'
import type { AgentRunStatus, StoredMessageStatus, ToolInvocation } from '../protocol/agent-event.ts'
import { dueCall, stateOfFacts, waitingRun } from '../../test/tool-world.ts'
import type { AgentRun, MessageFact } from '../state/agent.ts'
import { clientCalls } from './tool-calls.ts'

const only = (given: Partial<MessageFact>, runs?: readonly AgentRun[]) =>
  clientCalls(stateOfFacts([given], runs)).get('1')

describe('clientCalls', () => {
  it.each<[string, Partial<ToolInvocation>, boolean, boolean]>([
    ['is due in progress', {}, true, false],
    ['is due in the old form', { status: 'awaiting_input' }, true, false],
    ['waits for a person with a widget', { status: 'awaiting_input', widget: {} }, false, false],
    ['is not due before its time', { status: 'pending' }, false, false],
    ['is not due without approval', { status: 'awaiting_approval' }, false, false],
    ['is not due in a state that is not known', { status: 'unknown' }, false, false],
    ['has ended completed', { status: 'completed' }, false, true],
    ['has ended failed', { status: 'failed' }, false, true],
    ['has ended cancelled', { status: 'cancelled' }, false, true],
  ])('a call %s', (_, given, isDue, isEnded) => {
    expect(only({ invocations: [{ ...dueCall, ...given }] })).toMatchObject({ isDue, isEnded })
  })

  it.each<[StoredMessageStatus, boolean]>([
    ['pending', false],
    ['ready', false],
    ['unknown', false],
    ['failed', true],
    ['cancelled', true],
  ])('a message that is %s has ended its calls: %s', (status, isEnded) => {
    expect(only({ status, invocations: [dueCall] })).toMatchObject({ isEnded, isDue: !isEnded })
  })

  it.each<[AgentRunStatus, boolean]>([
    ['submitted', false],
    ['working', false],
    ['input_required', false],
    ['auth_required', false],
    ['unknown', false],
    ['completed', true],
    ['failed', true],
    ['cancelled', true],
    ['rejected', true],
  ])('a turn that is %s has ended its calls: %s', (status, isEnded) => {
    expect(only({ invocations: [dueCall] }, [{ ...waitingRun, status }])).toMatchObject({
      isEnded,
      isDue: !isEnded,
    })
    const other = { ...waitingRun, id: 'other', status }
    expect(only({ invocations: [dueCall] }, [other])).toMatchObject({ isEnded: false })
    expect(only({ runId: null, invocations: [dueCall] }, [other])).toMatchObject({ isEnded: false })
  })

  it('sees the client tools of all messages, and no other ones', () => {
    const calls = clientCalls(
      stateOfFacts([
        null,
        { invocations: [dueCall, { ...dueCall, id: '2', kind: 'app' }] },
        { invocations: [{ ...dueCall, id: '3' }] },
      ]),
    )
    expect([...calls.keys()]).toEqual(['1', '3'])
  })
})

import { StreamError, type AlwaysAllowOptions, type ToolInvocation } from '@taskstream/core'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { createFakeChat, storedMessage, toolInvocation, type FakeChat } from '../../test/fake-chat.ts'
import type { ToolRendererProps } from './context.tsx'
import { Messages } from './messages.tsx'
import { Root, type RootProps } from './root.tsx'

type Run = NonNullable<Parameters<typeof storedMessage>[2]>

function callMessage(facts: Partial<ToolInvocation>, more: Run = {}) {
  const call = toolInvocation('1', facts)
  const part = { type: 'tool-call', callId: call.callId, name: call.name, argsText: '{}' } as const
  return storedMessage('a1', { status: 'pending', content: [part], invocations: [call] }, more)
}

function show(facts: Partial<ToolInvocation>, more: Run = {}, props: Partial<RootProps> = {}): FakeChat {
  const fake = createFakeChat({ activity: 'busy', messages: [callMessage(facts, more)] })
  render(
    <Root chat={fake.chat} {...props}>
      <Messages />
    </Root>,
  )
  return fake
}

const click = (name: string) => act(async () => void fireEvent.click(screen.getByRole('button', { name })))
const asked = { name: 'send_email', displayName: 'Send e-mail', status: 'awaiting_approval' } as const

test('a call says what it is and where it stands; a click shows arguments and result', () => {
  show({ displayName: 'Search', result: '{"hits":12}' })
  const toggle = screen.getByRole('button', { name: /Search.*Done/ })
  expect(toggle).toHaveTextContent('weather')
  expect(screen.queryByRole('group', { name: 'Result' })).toBeNull()
  fireEvent.click(toggle)
  expect(toggle).toHaveAttribute('aria-expanded', 'true')
  expect(screen.getByRole('group', { name: 'Arguments' })).toHaveTextContent('query: "weather"')
  expect(screen.getByRole('group', { name: 'Result' })).toHaveTextContent('hits: 12')
})

test('long arguments are shown in part', () => {
  const call = { index: 0, callId: 'c', name: 'write', argsText: `{"text":"${'x'.repeat(30_000)}` }
  const message = storedMessage('a1', { status: 'pending' }, { forecast: { calls: [call] } })
  const fake = createFakeChat({ activity: 'busy', messages: [message] })
  render(
    <Root chat={fake.chat}>
      <Messages />
    </Root>,
  )
  fireEvent.click(screen.getByRole('button', { name: /write.*Preparing/ }))
  const shown = screen.getByRole('group', { name: 'Arguments' }).textContent
  expect(shown.length).toBeLessThan(20_200)
  expect(shown).toContain('10,009 more')
})

test('a tool of this browser shows how far it is', () => {
  const toolRuns = { '1': { status: 'running', progress: { current: 1, total: 4 }, error: null } } as const
  show({ kind: 'client', status: 'in_progress' }, { toolRuns })
  expect(screen.getByRole('progressbar', { name: 'Progress' })).toHaveAttribute('aria-valuenow', '25')
  expect(screen.getByText('Running here')).toBeVisible()
})

test('a call that failed says why, and what is missing', () => {
  show({ status: 'failed', result: '{"error":"No such city."}' })
  expect(screen.getByText('No such city.')).toBeVisible()
})

test('what the server wants first is listed', () => {
  const data = { requirement_errors: [{ type: 'secret', key: 'TOKEN', message: 'A token is needed.' }, 7] }
  show({ status: 'failed', data })
  expect(screen.getByText('TOKEN').closest('li')).toHaveTextContent('TOKEN A token is needed.')
})

test('an approval shows what will be done, and is given once', async () => {
  const fake = show({ ...asked, args: { to: 'ada@example.com' } })
  const group = screen.getByRole('group', { name: 'Allow Send e-mail to run?' })
  expect(group).toHaveTextContent('ada@example.com')
  await click('Approve')
  await click('Approve')
  await click('Reject')
  expect(fake.calls).toEqual([{ name: 'respondToApproval', args: ['1', { decision: 'approve' }] }])
  expect(screen.getByText('Answer sent')).toBeVisible()
})

test('a call is rejected at once, or with a reason', async () => {
  const fake = show(asked)
  await click('Add a reason')
  fireEvent.change(screen.getByRole('textbox'), { target: { value: ' Too late ' } })
  await click('Reject')
  expect(fake.calls).toEqual([
    { name: 'respondToApproval', args: ['1', { decision: 'reject', reason: 'Too late' }] },
  ])
})

test('a refusal of the server stands there in its words, and another answer can be given', async () => {
  const fake = show(asked)
  fake.answer('respondToApproval', () =>
    Promise.reject(new StreamError('forbidden', 'x', { detail: 'API keys may not approve.' })),
  )
  await click('Approve')
  expect(screen.getByRole('alert')).toHaveTextContent('API keys may not approve.')
  fake.answer('respondToApproval', () => Promise.resolve())
  await click('Reject')
  expect(fake.calls.at(-1)).toEqual({ name: 'respondToApproval', args: ['1', { decision: 'reject' }] })
  expect(screen.queryByRole('alert')).toBeNull()
})

const options: AlwaysAllowOptions = {
  options: [
    { key: 'exact', scope: 'exact', label: 'Exactly this', rules: ['send(to=ada)'] },
    { key: 'tool', scope: 'tool', label: 'Every e-mail', rules: [] },
  ],
  defaultKey: 'exact',
  unavailable: null,
}

test('what can be allowed for good is asked for when it is opened, and chosen', async () => {
  const fake = show(asked)
  const refusal = new StreamError('network', 'x', { detail: 'No network.' })
  fake.answer('alwaysAllowOptions', () => Promise.reject(refusal))
  expect(fake.calls).toEqual([])
  await click('Always allow…')
  expect(screen.getByRole('alert')).toHaveTextContent('No network.')
  fake.answer('alwaysAllowOptions', () => Promise.resolve(options))
  await click('Try again')
  expect(screen.getByRole('radio', { name: /Exactly this/ })).toBeChecked()
  fireEvent.click(screen.getByRole('radio', { name: 'Every e-mail' }))
  await click('Always allow')
  expect(fake.calls.at(-1)).toEqual({
    name: 'respondToApproval',
    args: ['1', { decision: 'always', option: 'tool' }],
  })
})

test('where nothing can be allowed for good, the server says why', async () => {
  const fake = show(asked)
  const none: AlwaysAllowOptions = { options: [], defaultKey: null, unavailable: 'Not for this tool.' }
  fake.answer('alwaysAllowOptions', () => Promise.resolve(none))
  await click('Always allow…')
  expect(screen.getByText('Not for this tool.')).toBeVisible()
})

const questions = {
  input_requests: {
    who: {
      method: 'elicitation/create',
      params: {
        message: 'Who is travelling?',
        requestedSchema: {
          required: ['name'],
          properties: {
            name: { type: 'string', title: 'Name' },
            age: { type: 'integer', title: 'Age' },
            bags: { type: 'boolean', title: 'Bags' },
            seat: { type: 'string', title: 'Seat', enum: ['window', 'aisle'] },
          },
        },
      },
    },
  },
}
const waiting = { kind: 'mcp', status: 'awaiting_input', data: questions } as const

test('the questions of an MCP server are a form, which is checked and answered as a whole', async () => {
  const fake = show(waiting)
  await click('Send answer')
  expect(fake.calls).toEqual([])
  const name = screen.getByRole('textbox', { name: 'Name' })
  expect(name).toBeInvalid()
  expect(name).toHaveAccessibleDescription('This is needed')
  fireEvent.change(name, { target: { value: 'Ada' } })
  fireEvent.change(screen.getByRole('textbox', { name: 'Age' }), { target: { value: '36' } })
  fireEvent.change(screen.getByRole('combobox', { name: 'Seat' }), { target: { value: 'aisle' } })
  await click('Send answer')
  expect(fake.calls).toEqual([
    {
      name: 'submitToolResult',
      args: [
        '1',
        { who: { action: 'accept', content: { name: 'Ada', age: 36, bags: false, seat: 'aisle' } } },
      ],
    },
  ])
})

test('the questions of an MCP server can be declined, and cancelled', async () => {
  const fake = show(waiting)
  await click('Decline')
  expect(fake.calls).toEqual([{ name: 'submitToolResult', args: ['1', { who: { action: 'decline' } }] }])
})

test('what we cannot ask is to be answered elsewhere, and its JSON can be seen', () => {
  show({ kind: 'internal', status: 'awaiting_input', widget: { surfaceId: 's' } })
  expect(screen.getByText(/can only be given in another client/)).toBeVisible()
  expect(screen.getByText('JSON')).toBeVisible()
})

test('a component of the app stands in place of a call, and its answer goes to the agent', async () => {
  const Answer = ({ call, submit }: ToolRendererProps) => (
    <button type="button" onClick={() => void submit({ ok: true })}>
      {call.name} by the app
    </button>
  )
  const fake = show({ ...asked, name: 'mine' }, {}, { toolRenderers: { mine: Answer } })
  expect(screen.queryByRole('button', { expanded: false, name: /Needs your approval/ })).toBeNull()
  await click('mine by the app')
  expect(fake.calls).toEqual([{ name: 'submitToolResult', args: ['1', { ok: true }] }])
  expect(screen.getByRole('button', { name: 'Approve' })).toBeVisible()
})

test('a tool that is named as something that every object has is shown as any other', () => {
  show({ name: 'constructor', displayName: null })
  expect(screen.getByRole('button', { name: /constructor.*Done/ })).toBeVisible()
})

test('Enter of an input method takes a word, and rejects nothing', () => {
  const fake = show(asked)
  fireEvent.click(screen.getByRole('button', { name: 'Add a reason' }))
  fireEvent.keyDown(screen.getByRole('textbox', { name: /Reason/ }), { key: 'Enter', keyCode: 229 })
  expect(fake.calls).toEqual([])
})

test('the next call in the place of an answered one is asked about anew', async () => {
  const fake = show(asked)
  await click('Approve')
  expect(screen.getByRole('button', { name: 'Approve' })).toHaveAttribute('aria-disabled', 'true')
  const next = toolInvocation('2', asked)
  act(() => fake.put(storedMessage('a1', { status: 'pending', invocations: [next] })))
  expect(screen.getByRole('button', { name: 'Approve' })).not.toHaveAttribute('aria-disabled')
})

const formOf = (requests: Readonly<Record<string, unknown>>) => ({
  input_requests: Object.fromEntries(
    Object.entries(requests).map(([key, properties]) => [
      key,
      {
        method: 'elicitation/create',
        params: {
          message: key,
          requestedSchema: { type: 'object', properties, required: ['full name', 'tags'] },
        },
      },
    ]),
  ),
})

test('a field whose name has spaces is described, and fields of two questions are never one', () => {
  const text = { type: 'string', description: 'As in the passport.' }
  show({
    kind: 'mcp',
    status: 'awaiting_input',
    data: formOf({ a: { 'full name': text, 'b/c': { type: 'string' } }, 'a/b': { c: { type: 'string' } } }),
  })
  expect(screen.getByRole('textbox', { name: /full name/ })).toHaveAccessibleDescription(
    'As in the passport.',
  )
  fireEvent.change(screen.getByRole('textbox', { name: 'b/c' }), { target: { value: 'x' } })
  expect(screen.getByRole('textbox', { name: 'c' })).toHaveValue('')
})

test('choices of which one is required are marked, and say what is wrong', async () => {
  show({
    kind: 'mcp',
    status: 'awaiting_input',
    data: formOf({ a: { tags: { type: 'array', items: { enum: ['x', 'y'] } } } }),
  })
  await click('Send answer')
  const [first] = screen.getAllByRole('checkbox')
  expect(first).toBeInvalid()
  expect(first).toHaveAccessibleDescription()
})

import { StreamError } from '@taskstream/core'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { createRef } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import {
  agentMessage,
  createFakeChat,
  streamingMessage,
  userMessage,
  type FakeChat,
} from '../../test/fake-chat.ts'
import { AgentChat } from './agent-chat.tsx'
import * as Parts from './index.ts'

const info = { name: 'Limnologist', description: 'Knows lakes', examplePrompts: ['Why?', 'How?', 'Why?'] }
const failed = (error: string) => [
  {
    id: 'r',
    status: 'failed' as const,
    error,
    output: null,
    interruptReason: null,
    interruptToolId: null,
    userMessageId: null,
    invocationId: null,
    updatedAtUs: null,
  },
]

test('a part outside of its root says what to do', () => {
  expect(() => render(<Parts.Composer />)).toThrow(
    '[misuse] AgentChat.Composer was rendered outside of AgentChat.Root',
  )
  expect(() =>
    render(
      <Parts.Root chat={createFakeChat().chat}>
        <Parts.MessageActions />
      </Parts.Root>,
    ),
  ).toThrow('[misuse] AgentChat.MessageActions was rendered outside of AgentChat.Message')
})

test('parts are made the own of an app: by class, style, another element or a child', () => {
  const fake = createFakeChat({ activity: 'busy' })
  const ref = createRef<HTMLButtonElement>()
  render(
    <Parts.Root chat={fake.chat} className={({ status }) => `chat ${status}`}>
      <Parts.Stop
        ref={ref}
        render={(props, { isStopping }) => <button type="button" {...props} value={String(isStopping)} />}
      />
      <Parts.Attach asChild>
        <span>Files</span>
      </Parts.Attach>
    </Parts.Root>,
  )
  expect(screen.getByRole('group', { name: 'Chat' })).toHaveClass('chat', 'submitted')
  expect(ref.current).toHaveAttribute('value', 'false')
  expect(screen.getByText('Files')).toHaveAttribute('data-slot', 'agent-chat-attach')
})

test('an empty chat says who is here, and begins with a click', () => {
  const fake = createFakeChat({ id: null, isLoaded: false })
  render(<AgentChat chat={fake.chat} info={info} />)
  expect(screen.getByText('Knows lakes')).toBeVisible()
  expect(screen.getAllByRole('button', { name: /\?/ })).toHaveLength(2)
  fireEvent.click(screen.getByRole('button', { name: 'How?' }))
  expect(fake.calls).toEqual([{ name: 'sendMessage', args: ['How?'] }])
  act(() => fake.put(userMessage('u1', 'How?')))
  expect(screen.queryByText('Knows lakes')).toBeNull()
})

test('a chat that is loaded, and one that cannot be, say so', () => {
  const fake = createFakeChat({ isLoaded: false }, { state: 'connecting' })
  render(<AgentChat chat={fake.chat} />)
  expect(screen.getByText('Loading messages')).toBeVisible()
  act(() => fake.setConnection({ state: 'closed', error: new StreamError('not-found', 'Gone.') }))
  expect(screen.getByText('This chat cannot be shown')).toBeVisible()
  fireEvent.click(screen.getByRole('button', { name: 'Reconnect' }))
  expect(fake.calls).toEqual([{ name: 'reconnect', args: [] }])
})

test('the line shows only while it is in trouble', () => {
  const fake = createFakeChat({ messages: [agentMessage('a1', 'Hi')] })
  render(<AgentChat chat={fake.chat} />)
  expect(screen.queryByRole('group', { name: 'Connection' })).toBeNull()
  act(() => fake.setConnection({ state: 'offline' }))
  expect(screen.getByRole('group', { name: 'Connection' })).toHaveTextContent(
    'Offlinewaiting for the network',
  )
  fireEvent.click(screen.getByRole('button', { name: 'Retry now' }))
  expect(fake.calls).toEqual([{ name: 'reconnect', args: [] }])
  act(() => fake.setConnection({ state: 'live' }))
  expect(screen.queryByRole('group', { name: 'Connection' })).toBeNull()
})

test('a turn that failed says why, and is tried again', () => {
  const fake = createFakeChat({
    messages: [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi')],
    runs: failed('The model is overloaded.'),
  })
  render(<AgentChat chat={fake.chat} />)
  expect(screen.getByText('The model is overloaded.')).toBeVisible()
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(fake.calls).toEqual([{ name: 'regenerate', args: [] }])
})

test('earlier messages are loaded with a button, which says what goes wrong', () => {
  const fake = createFakeChat({ messages: [agentMessage('a1', 'Hi')], olderCursor: 'c' })
  render(
    <Parts.Root chat={fake.chat}>
      <Parts.Viewport>
        <Parts.LoadOlder auto={false} />
        <Parts.Messages />
      </Parts.Viewport>
    </Parts.Root>,
  )
  fireEvent.click(screen.getByRole('button', { name: 'Show earlier messages' }))
  expect(fake.calls).toEqual([{ name: 'loadOlder', args: [] }])
  act(() => fake.write({ isLoadingOlder: true }))
  const button = screen.getByRole('button', { name: 'Loading earlier messages' })
  fireEvent.click(button)
  expect(fake.calls).toHaveLength(1)
  const olderError = new StreamError('network', 'x', { detail: 'No network.' })
  act(() => fake.write({ isLoadingOlder: false, olderError }))
  expect(screen.getByRole('alert')).toHaveTextContent('Earlier messages could not be loaded: No network.')
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(fake.calls).toHaveLength(2)
})

test('the keyboard stays in the transcript when there are no earlier messages any more', () => {
  const fake = createFakeChat({ messages: [agentMessage('a1', 'Hi')], olderCursor: 'c' })
  render(<AgentChat chat={fake.chat} />)
  screen.getByRole('button', { name: 'Show earlier messages' }).focus()
  act(() => fake.write({ olderCursor: null }))
  expect(screen.getByRole('log', { name: 'Messages' })).toHaveFocus()
})

test('one place speaks, at the boundaries of a turn, and the transcript is silent', () => {
  const fake = createFakeChat({ messages: [userMessage('u1', 'Hello')] })
  render(<AgentChat chat={fake.chat} />)
  const spoken: string[] = []
  const look = () => void spoken.push(screen.getByRole('status').textContent)
  act(() => fake.write({ activity: 'busy' }))
  look()
  for (const text of ['One', 'One two', 'One two three']) {
    act(() => fake.put(streamingMessage('a1', text)))
    look()
  }
  act(() =>
    fake.write({ activity: 'idle', messages: [userMessage('u1', 'Hello'), agentMessage('a1', 'One')] }),
  )
  look()
  const began = 'The assistant is replying'
  expect(spoken).toEqual(['', began, began, began, 'Reply complete'])
  expect(screen.getByRole('log')).toHaveAttribute('aria-live', 'off')
})

test('a plan shows the step that goes on, and all of them when it is unfolded', () => {
  const step = { description: '', notes: null }
  const fake = createFakeChat({
    plan: [
      { ...step, index: 0, title: 'Search', status: 'completed' },
      { ...step, index: 1, title: 'Read', status: 'in_progress' },
    ],
  })
  render(<AgentChat chat={fake.chat} />)
  const toggle = screen.getByRole('button', { name: /Plan/ })
  expect(toggle).toHaveTextContent('Read1 of 2 done')
  fireEvent.click(toggle)
  expect(screen.getAllByRole('listitem').map(({ textContent }) => textContent)).toEqual([
    'Searchdone',
    'Readin progress',
  ])
})

test('what waits for a decision beside tool calls is decided', async () => {
  const gate = { resourceId: null, expiresAt: null, meta: { hook: 'budget' }, status: 'pending' as const }
  const fake = createFakeChat({
    messages: [agentMessage('a1', 'Hi')],
    interrupts: [
      { ...gate, id: 'i1', reason: 'hook_gate' },
      { ...gate, id: 'i2', reason: 'tool_approval' },
    ],
  })
  render(<AgentChat chat={fake.chat} />)
  expect(screen.getAllByRole('group', { name: 'A check waits for your decision' })).toHaveLength(1)
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Deny' })))
  expect(fake.calls).toEqual([{ name: 'resolveInterrupt', args: ['i1', 'deny'] }])
})

test('words, slots and the title are the own of an app', () => {
  const fake = createFakeChat()
  render(
    <AgentChat
      chat={fake.chat}
      title="Support"
      placeholder="Ask away"
      labels={{ input: 'Frage', announce: { done: 'Fertig' } }}
      slots={{ footer: <p>May be wrong</p>, empty: <p>Nothing yet</p> }}
    />,
  )
  expect(screen.getByRole('group', { name: 'Support' })).toBeVisible()
  expect(screen.getByRole('textbox', { name: 'Frage' })).toHaveAttribute('placeholder', 'Ask away')
  expect(screen.getByText('May be wrong')).toBeVisible()
  expect(screen.getByText('Nothing yet')).toBeVisible()
})

test('a chat that renders often renders its transcript once', () => {
  const fake: FakeChat = createFakeChat({ messages: [agentMessage('a1', 'Hi')] })
  let count = 0
  const renderText = (text: string) => {
    count++
    return text
  }
  const { rerender } = render(<AgentChat chat={fake.chat} renderText={renderText} />)
  const before = count
  for (let time = 0; time < 3; time++) rerender(<AgentChat chat={fake.chat} renderText={renderText} />)
  expect(count).toBe(before)
})

test('a server renders what is known, and the page takes it over as it is', () => {
  const fake = createFakeChat({
    messages: [userMessage('u1', 'Hello', { createdAt: 0 }), agentMessage('a1', 'Hi')],
  })
  const container = document.createElement('div')
  document.body.append(container)
  container.innerHTML = renderToString(<AgentChat chat={fake.chat} />)
  expect(container).toHaveTextContent('Hello')
  expect(container.querySelector('time')).toBeNull()
  render(<AgentChat chat={fake.chat} />, { container, hydrate: true })
  expect(container.querySelector('time')).not.toBeNull()
})

test('a chat that is left in the middle of a turn does not speak for the one that is shown next', () => {
  const busy = createFakeChat({ activity: 'busy', messages: [streamingMessage('a1', 'One')] })
  const { rerender } = render(<Parts.Root chat={busy.chat} />)
  rerender(<Parts.Root chat={createFakeChat({ id: null, isLoaded: false }).chat} />)
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
})

test('a line that comes back is spoken of, also after the attempt that brought it back', () => {
  const fake = createFakeChat({ messages: [streamingMessage('a1', 'One')] })
  render(<Parts.Root chat={fake.chat} />)
  const spoken = () => screen.getByRole('status').textContent
  act(() => fake.setConnection({ state: 'reconnecting', nextRetryAt: 1000 }))
  const lost = spoken()
  expect(lost).not.toBe('')
  act(() => fake.setConnection({ state: 'reconnecting', nextRetryAt: null }))
  expect(spoken()).toBe(lost)
  act(() => fake.setConnection({ state: 'live' }))
  expect(spoken()).not.toBe(lost)
})

test('a root that is rendered often renders its messages once, with words that are written in place', () => {
  const fake = createFakeChat({ messages: [streamingMessage('a1', 'One')] })
  let count = 0
  const renderText = () => {
    count++
    return null
  }
  const show = () => (
    <AgentChat chat={fake.chat} labels={{ send: 'Los' }} renderText={renderText} placeholder="Ask" />
  )
  const { rerender } = render(show())
  const before = count
  rerender(show())
  expect(count).toBe(before)
})

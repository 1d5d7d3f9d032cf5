import { StreamError } from '@taskstream/core'
import { act, fireEvent, render, screen, within } from '@testing-library/react'
import { Profiler } from 'react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  agentMessage,
  createFakeChat,
  outgoingMessage,
  storedMessage,
  streamingMessage,
  userMessage,
  type FakeChat,
} from '../../test/fake-chat.ts'
import { Message } from './message.tsx'
import { Messages } from './messages.tsx'
import { Root, type RootProps } from './root.tsx'

function show(fake: FakeChat, props: Partial<RootProps> = {}) {
  return render(
    <Root chat={fake.chat} {...props}>
      <Messages />
    </Root>,
  )
}

const items = () => screen.getAllByRole('listitem')

test('one token renders one message', () => {
  const fake = createFakeChat({
    messages: [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi'), streamingMessage('a2', 'One')],
  })
  const renders = new Map<string, number>()
  render(
    <Root chat={fake.chat}>
      <Messages>
        {(key) => (
          <Profiler id={key} onRender={(id) => void renders.set(id, (renders.get(id) ?? 0) + 1)}>
            <Message messageKey={key} />
          </Profiler>
        )}
      </Messages>
    </Root>,
  )
  renders.clear()
  for (const text of ['One two', 'One two three', 'One two three four']) {
    act(() => fake.put(streamingMessage('a2', text)))
  }
  expect(screen.getByText('One two three four')).toBeVisible()
  expect(Object.fromEntries(renders)).toEqual({ a2: 3 })
})

test('a message says who it is from, and what a tool answered has no place of its own', () => {
  const fake = createFakeChat({
    messages: [
      userMessage('u1', 'Hello'),
      storedMessage('t1', { role: 'tool', content: [{ type: 'text', text: 'secret' }] }),
      agentMessage('a1', 'Hi'),
    ],
  })
  show(fake)
  expect(items()).toHaveLength(2)
  expect(items()[0]).toHaveTextContent('You said:Hello')
  expect(items()[1]).toHaveTextContent('The assistant said:Hi')
})

test('the texts of the agent are shown as the app shows them, and those of the user as they are', () => {
  const fake = createFakeChat({
    messages: [userMessage('u1', '*Hello*'), streamingMessage('a1', '*Hi*')],
  })
  show(fake, { renderText: (text, { isStreaming }) => <em>{`${text} ${String(isStreaming)}`}</em> })
  expect(screen.getByText('*Hello*')).toBeVisible()
  expect(screen.getByText('*Hi* true').tagName).toBe('EM')
})

test('a place is kept for a reply that has not begun, and not for what is in the queue', () => {
  const fake = createFakeChat({ activity: 'busy', messages: [userMessage('u1', 'Hello')] })
  show(fake)
  expect(screen.getByText('The assistant is writing')).toBeInTheDocument()
  act(() => fake.put(streamingMessage('a1', 'Hi')))
  expect(screen.queryByText('The assistant is writing')).toBeNull()
  act(() => fake.put(userMessage('u2', 'And?', { status: 'queued' })))
  expect(screen.queryByText('The assistant is writing')).toBeNull()
  expect(screen.getByText('Queued')).toBeVisible()
})

test('what was not sent says why, and is sent again or taken back', async () => {
  const error = new StreamError('network', 'x', { detail: 'No network.' })
  const fake = createFakeChat({ messages: [outgoingMessage('o1', 'Hello', error)] })
  show(fake)
  expect(items()[0]).toHaveTextContent('Not sent')
  expect(items()[0]).toHaveTextContent('No network.')
  fireEvent.click(screen.getByRole('button', { name: 'Send again' }))
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Remove' })))
  expect(fake.calls).toEqual([
    { name: 'retryMessage', args: ['o1'] },
    { name: 'withdrawMessage', args: ['o1'] },
  ])
})

test('what is in the queue is cancelled, and a refusal is told', async () => {
  const fake = createFakeChat({
    activity: 'busy',
    messages: [userMessage('u1', 'Hello', { status: 'queued' })],
  })
  fake.answer('withdrawMessage', () =>
    Promise.reject(new StreamError('conflict', 'x', { detail: 'It has begun.' })),
  )
  show(fake)
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }))
  await act(async () => {})
  expect(screen.getByRole('alert')).toHaveTextContent('It has begun.')
})

test('another answer is asked for of the last one alone, and not while a turn is under way', () => {
  const fake = createFakeChat({
    messages: [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi'), agentMessage('a2', 'Ho')],
  })
  show(fake)
  const [button] = screen.getAllByRole('button', { name: 'Regenerate' })
  expect(screen.getAllByRole('button', { name: 'Regenerate' })).toHaveLength(1)
  fireEvent.click(button as HTMLElement)
  expect(fake.calls).toEqual([{ name: 'regenerate', args: [] }])
  act(() => fake.write({ activity: 'busy' }))
  expect(screen.queryByRole('button', { name: 'Regenerate' })).toBeNull()
})

test('a message is written anew: it is sent as a new one, with its files', () => {
  const fake = createFakeChat({
    messages: [
      storedMessage('u1', {
        role: 'user',
        content: [
          { type: 'image', url: 'https://files.example/a.jpg' },
          { type: 'text', text: 'What is it?' },
        ],
      }),
    ],
  })
  show(fake)
  fireEvent.click(screen.getByRole('button', { name: 'Edit' }))
  const field = screen.getByRole('textbox', { name: 'Edit message' })
  expect(field).toHaveFocus()
  expect(field).toHaveValue('What is it?')
  fireEvent.change(field, { target: { value: 'Who is it?' } })
  fireEvent.keyDown(field, { key: 'Enter', isComposing: true })
  expect(fake.calls).toEqual([])
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(fake.calls).toEqual([
    {
      name: 'sendMessage',
      args: [
        {
          text: 'Who is it?',
          files: [
            {
              uri: 'https://files.example/a.jpg',
              filename: 'a.jpg',
              contentType: 'image/jpeg',
              sizeBytes: null,
            },
          ],
        },
      ],
    },
  ])
  expect(screen.queryByRole('textbox', { name: 'Edit message' })).toBeNull()
})

test('Escape leaves a message as it was', () => {
  const fake = createFakeChat({ messages: [userMessage('u1', 'Hello')] })
  show(fake)
  fireEvent.click(screen.getByRole('button', { name: 'Edit' }))
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'Bye' } })
  fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Escape' })
  expect(screen.getByText('Hello')).toBeVisible()
  expect(fake.calls).toEqual([])
})

test('an address that is not allowed is a text', () => {
  const fake = createFakeChat({
    messages: [
      storedMessage('u1', { role: 'user', content: [{ type: 'image', url: 'javascript:alert(1)' }] }),
      storedMessage('u2', { role: 'user', content: [{ type: 'image', url: 'https://files.example/x' }] }),
    ],
  })
  show(fake)
  expect(items()[0]).toHaveTextContent('This address is not allowed')
  expect(within(items()[0] as HTMLElement).queryByRole('link')).toBeNull()
  expect(within(items()[1] as HTMLElement).getByRole('img')).toHaveAttribute('src', 'https://files.example/x')
})

test('a note beside the conversation says what it is, and all of it when it is unfolded', () => {
  const fake = createFakeChat({
    messages: [storedMessage('n', { role: 'compaction', content: [{ type: 'text', text: 'So far …' }] })],
  })
  show(fake)
  expect(screen.getByText('Earlier messages were summarised')).toBeVisible()
})

test('a reply that was stopped, or that broke, says so', () => {
  const fake = createFakeChat({
    messages: [
      storedMessage('a1', { status: 'cancelled', content: [{ type: 'text', text: 'So' }] }),
      storedMessage('a2', { status: 'failed', content: [{ type: 'text', text: 'So' }] }),
      storedMessage('a3', { status: 'failed', content: [{ type: 'error', text: 'No room.' }] }),
    ],
  })
  show(fake)
  expect(items()[0]).toHaveTextContent('Stopped')
  expect(items()[1]).toHaveTextContent('This message is not complete')
  expect(items()[2]).toHaveTextContent('No room.')
  expect(items()[2]).not.toHaveTextContent('This message is not complete')
})

beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => void vi.useRealTimers())

test('a thought counts its seconds while it goes on, and says afterwards how long it took', () => {
  const thought = (more: object, forecast?: { readonly reasoning: string }) =>
    storedMessage(
      'a1',
      { status: 'pending', ...more },
      { thinkingSince: Date.now() - 3000, ...(forecast === undefined ? {} : { forecast }) },
    )
  const fake = createFakeChat({ activity: 'busy', messages: [thought({}, { reasoning: 'Hm' })] })
  show(fake)
  const toggle = screen.getByRole('button', { name: /Thinking/ })
  expect(toggle).toHaveTextContent('Thinking 3s')
  act(() => void vi.advanceTimersByTime(2000))
  expect(toggle).toHaveTextContent('Thinking 5s')
  expect(toggle).toHaveAttribute('aria-expanded', 'false')
  expect(screen.queryByText('Hm')).toBeNull()
  fireEvent.click(toggle)
  expect(screen.getByText('Hm')).toBeVisible()
  const done = storedMessage(
    'a1',
    { content: [{ type: 'reasoning', text: 'Hm' }] },
    { thinkingSince: 0, thinkingUntil: 62_000 },
  )
  act(() => fake.put(done))
  expect(screen.getByRole('button', { name: 'Thought for 1:02' })).toHaveAttribute('aria-expanded', 'true')
})

test('files that are not uploaded yet have no address, and stand beside each other', () => {
  const noise = vi.spyOn(console, 'error').mockImplementation(() => {})
  const [one, two] = ['a.txt', 'b.txt'].map((filename) => ({
    uri: '',
    filename,
    contentType: 'text/plain',
    sizeBytes: 1,
  }))
  const sending = outgoingMessage('m', '')
  const attachments = one === undefined || two === undefined ? [] : [one, two]
  const outgoing = sending.outgoing === null ? null : { ...sending.outgoing, attachments }
  show(createFakeChat({ messages: [{ ...sending, outgoing }] }))
  expect(noise).not.toHaveBeenCalled()
  noise.mockRestore()
})

test('nothing can be asked anew while nothing can be sent', () => {
  const fake = createFakeChat({ messages: [userMessage('u1', 'Hello'), agentMessage('a1', 'Hi')] })
  show(fake, { disabledReason: 'Your trial is over.' })
  expect(screen.queryByRole('button', { name: 'Edit' })).toBeNull()
  expect(screen.queryByRole('button', { name: /again|another/i })).toBeNull()
})

import { StreamError } from '@taskstream/core'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { createFakeChat, fakeAttachment, type FakeChat } from '../../test/fake-chat.ts'
import { Composer } from './composer.tsx'
import { Root, type RootProps } from './root.tsx'

const field = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' })
const sent = (fake: FakeChat) =>
  fake.calls.filter(({ name }) => name === 'sendMessage').map(({ args }) => args[0])
const file = (name: string, size = 10) => new File([new Uint8Array(size)], name, { type: 'text/plain' })

function show(fake: FakeChat, props: Partial<RootProps> = {}) {
  return render(
    <Root chat={fake.chat} data-testid="root" {...props}>
      <Composer />
    </Root>,
  )
}

function write(text: string): void {
  fireEvent.change(field(), { target: { value: text } })
}

test('Enter sends, Shift and Enter does not', () => {
  const fake = createFakeChat()
  show(fake)
  write('Hello')
  fireEvent.keyDown(field(), { key: 'Enter', shiftKey: true })
  expect(sent(fake)).toEqual([])
  fireEvent.keyDown(field(), { key: 'Enter' })
  expect(sent(fake)).toEqual([{ text: 'Hello' }])
  expect(field()).toHaveValue('')
})

test.each([
  ['while it is composed', { isComposing: true }],
  ['with the key code of an input method', { keyCode: 229 }],
])('Enter %s takes a word and sends nothing', (_, init) => {
  const fake = createFakeChat()
  show(fake)
  write('にほん')
  fireEvent.keyDown(field(), { key: 'Enter', ...init })
  expect(sent(fake)).toEqual([])
  expect(field()).toHaveValue('にほん')
})

test('Escape stops the turn that is under way, once', () => {
  const fake = createFakeChat()
  show(fake)
  fireEvent.keyDown(field(), { key: 'Escape' })
  expect(fake.calls).toEqual([])
  act(() => fake.write({ activity: 'busy' }))
  fireEvent.keyDown(field(), { key: 'Escape', isComposing: true })
  expect(fake.calls).toEqual([])
  fireEvent.keyDown(field(), { key: 'Escape' })
  act(() => fake.write({ isStopRequested: true }))
  fireEvent.keyDown(field(), { key: 'Escape' })
  expect(fake.calls).toEqual([{ name: 'stop', args: [] }])
})

test('a stop that is refused says so', async () => {
  const fake = createFakeChat({ activity: 'busy' })
  fake.answer('stop', () => Promise.reject(new StreamError('forbidden', 'x', { detail: 'Not yours.' })))
  show(fake)
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }))
  await act(async () => {})
  expect(screen.getByRole('alert')).toHaveTextContent('Not yours.')
})

test('while a turn is under way there is Stop, and Send as soon as there is something to send', () => {
  const fake = createFakeChat({ activity: 'busy' })
  show(fake)
  expect(screen.queryByRole('button', { name: /Send/ })).toBeNull()
  expect(screen.getByRole('button', { name: 'Stop' })).toBeVisible()
  write('And then?')
  fireEvent.click(screen.getByRole('button', { name: 'Send after this reply' }))
  expect(sent(fake)).toEqual([{ text: 'And then?' }])
})

test('the keyboard goes to the input when Stop goes away under it', () => {
  const fake = createFakeChat({ activity: 'busy' })
  show(fake)
  screen.getByRole('button', { name: 'Stop' }).focus()
  act(() => fake.write({ activity: 'idle' }))
  expect(field()).toHaveFocus()
})

test('the focus of somebody elsewhere is left alone when Stop goes away', () => {
  const fake = createFakeChat({ activity: 'busy' })
  show(fake)
  screen.getByRole('button', { name: 'Attach files' }).focus()
  act(() => fake.write({ activity: 'idle' }))
  expect(screen.getByRole('button', { name: 'Attach files' })).toHaveFocus()
})

test('the keyboard goes to the input when Send goes away under it', () => {
  const fake = createFakeChat({ activity: 'busy' })
  show(fake)
  write('And then?')
  const send = screen.getByRole('button', { name: 'Send after this reply' })
  send.focus()
  fireEvent.click(send)
  expect(field()).toHaveFocus()
})

test('Send says why it does nothing', () => {
  const fake = createFakeChat()
  show(fake)
  const send = screen.getByRole('button', { name: 'Send' })
  expect(send).toHaveAttribute('aria-disabled', 'true')
  expect(send).toHaveAccessibleDescription('Write a message first')
  write('Hello')
  expect(send).not.toHaveAttribute('aria-disabled')
})

test('files that are pasted are attached, and a pasted text is not', () => {
  const fake = createFakeChat()
  show(fake)
  fireEvent.paste(field(), { clipboardData: { files: [file('a.txt')], types: ['Files'] } })
  expect(fake.uploads).toHaveLength(1)
  fireEvent.paste(field(), { clipboardData: { files: [file('b.png')], types: ['text/plain', 'Files'] } })
  expect(fake.uploads).toHaveLength(1)
})

test('files are dropped anywhere on the chat, and a hint says so', () => {
  const fake = createFakeChat()
  show(fake)
  const root = screen.getByTestId('root')
  const dataTransfer = { types: ['Files'], files: [file('a.txt')], dropEffect: 'none' }
  fireEvent.dragEnter(root, { dataTransfer })
  expect(screen.getByText('Drop files to attach them')).toBeVisible()
  fireEvent.dragLeave(root, { dataTransfer, relatedTarget: document.body })
  expect(screen.queryByText('Drop files to attach them')).toBeNull()
  fireEvent.dragOver(root, { dataTransfer })
  fireEvent.drop(root, { dataTransfer })
  expect(screen.queryByText('Drop files to attach them')).toBeNull()
  expect(fake.uploads).toHaveLength(1)
  fireEvent.dragOver(root, { dataTransfer: { ...dataTransfer, types: ['text/plain'] } })
  expect(screen.queryByText('Drop files to attach them')).toBeNull()
})

test('a file shows how far it is, can be taken away, and is sent along', async () => {
  const fake = createFakeChat()
  show(fake)
  fireEvent.paste(field(), { clipboardData: { files: [file('a.txt', 100), file('b.txt')], types: [] } })
  act(() => fake.uploads[0]?.options.onProgress?.({ fileCount: 1, sentBytes: 25, totalBytes: 100 }))
  expect(screen.getByRole('progressbar', { name: 'a.txt' })).toHaveAttribute('aria-valuenow', '25')
  expect(screen.getByText('Uploading, 25%')).toBeVisible()
  fireEvent.click(screen.getByRole('button', { name: 'Remove b.txt' }))
  expect(screen.queryByText('b.txt')).toBeNull()
  write('Look')
  fireEvent.keyDown(field(), { key: 'Enter' })
  expect(screen.getByRole('button', { name: 'Send' })).toHaveAccessibleDescription(
    'Will be sent when the files are uploaded',
  )
  await act(async () => fake.uploads[0]?.finish())
  expect(sent(fake)).toEqual([{ text: 'Look', files: [fakeAttachment('a.txt', 'text/plain')] }])
})

test('Escape, or the button, takes back what waits for its files', () => {
  const fake = createFakeChat()
  show(fake)
  fireEvent.paste(field(), { clipboardData: { files: [file('a.txt')], types: [] } })
  const send = screen.getByRole('button', { name: 'Send' })
  fireEvent.click(send)
  expect(send).toHaveAttribute('data-armed')
  fireEvent.keyDown(field(), { key: 'Escape' })
  expect(send).not.toHaveAttribute('data-armed')
  fireEvent.click(send)
  fireEvent.click(send)
  expect(send).not.toHaveAttribute('data-armed')
})

test('a failed upload says so, keeps the message back and is tried again', async () => {
  const fake = createFakeChat()
  show(fake)
  fireEvent.paste(field(), { clipboardData: { files: [file('a.txt')], types: [] } })
  await act(async () => fake.uploads[0]?.fail(new StreamError('upload-failed', 'x', { detail: 'Too busy.' })))
  expect(screen.getByText('Not uploaded: Too busy.')).toBeVisible()
  expect(screen.getByRole('status')).toHaveTextContent('a.txt could not be uploaded')
  expect(screen.getByRole('button', { name: 'Send' })).toHaveAttribute('aria-disabled', 'true')
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(fake.uploads).toHaveLength(2)
})

test('files that are too large, or of another kind, are not uploaded', () => {
  const fake = createFakeChat()
  show(fake, { maxFileSizeBytes: 50, accept: '.txt' })
  fireEvent.paste(field(), { clipboardData: { files: [file('a.txt', 60), file('b.pdf')], types: [] } })
  expect(screen.getByText('Larger than 50B')).toBeVisible()
  expect(screen.getByText('This kind of file is not accepted')).toBeVisible()
  expect(fake.uploads).toEqual([])
})

test('a composer that is closed says why, and takes nothing', () => {
  const fake = createFakeChat()
  show(fake, { disabledReason: 'Sign in to write' })
  expect(field()).toBeDisabled()
  expect(field()).toHaveAttribute('placeholder', 'Sign in to write')
  fireEvent.drop(screen.getByTestId('root'), {
    dataTransfer: { types: ['Files'], files: [file('a.txt')] },
  })
  expect(fake.uploads).toEqual([])
})

test('another chat begins with an empty draft, and uploads end', () => {
  const fake = createFakeChat()
  const { rerender } = show(fake)
  write('Hello')
  fireEvent.paste(field(), { clipboardData: { files: [file('a.txt')], types: [] } })
  rerender(
    <Root chat={createFakeChat().chat}>
      <Composer />
    </Root>,
  )
  expect(field()).toHaveValue('')
  expect(fake.uploads[0]?.options.signal?.aborted).toBe(true)
})

test('a draft that was begun before the composer was closed is not sent by its button', () => {
  const fake = createFakeChat()
  const { rerender } = show(fake)
  write('Hello')
  rerender(
    <Root chat={fake.chat} disabledReason="Your trial is over.">
      <Composer />
    </Root>,
  )
  fireEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(sent(fake)).toEqual([])
  expect(field()).toHaveValue('Hello')
})

test('what waits for its files is not sent once the composer is closed', async () => {
  const fake = createFakeChat()
  const { rerender } = show(fake)
  fireEvent.paste(field(), { clipboardData: { files: [file('a.txt')], types: ['Files'] } })
  fireEvent.keyDown(field(), { key: 'Enter' })
  rerender(
    <Root chat={fake.chat} disabledReason="Your trial is over.">
      <Composer />
    </Root>,
  )
  await act(async () => fake.uploads[0]?.finish())
  expect(sent(fake)).toEqual([])
})

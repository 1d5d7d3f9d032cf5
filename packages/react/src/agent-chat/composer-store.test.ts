import { StreamError } from '@taskstream/core'
import { expect, test } from 'vitest'
import { createFakeChat, fakeAttachment, outgoingMessage } from '../../test/fake-chat.ts'
import { createComposer, sendBlock } from './composer-store.ts'

const limits = { accept: null, maxSizeBytes: 1000 }
const file = (name: string, size = 10): File => new File([new Uint8Array(size)], name)
/** What was promised is kept, and what follows from that. */
const settle = async () => {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve()
}

function compose() {
  const fake = createFakeChat()
  const composer = createComposer(fake.chat)
  const sent = () => fake.calls.filter(({ name }) => name === 'sendMessage').map(({ args }) => args[0])
  return { fake, composer, sent, draft: () => composer.store.getState() }
}

test('what is sent leaves the composer at once', () => {
  const { composer, sent, draft } = compose()
  composer.setText('  Hello \n')
  expect(composer.send()).toBe(true)
  expect(sent()).toEqual([{ text: 'Hello' }])
  expect(draft()).toEqual({ text: '', files: [], isArmed: false, error: null })
})

test('white space alone is not sent', () => {
  const { composer, sent } = compose()
  composer.setText(' \n')
  expect(composer.send()).toBe(false)
  expect(sent()).toEqual([])
})

test('files are uploaded as soon as they are attached, and sent along', async () => {
  const { fake, composer, sent, draft } = compose()
  composer.addFiles([file('a.txt', 100)], limits)
  fake.uploads[0]?.options.onProgress?.({ fileCount: 1, sentBytes: 40, totalBytes: 100 })
  expect(draft().files[0]).toMatchObject({ status: 'uploading', sentBytes: 40 })
  fake.uploads[0]?.finish()
  await settle()
  expect(draft().files[0]).toMatchObject({ status: 'ready', sentBytes: 100 })
  expect(composer.send()).toBe(true)
  expect(sent()).toEqual([{ text: '', files: [fakeAttachment('a.txt', '')] }])
})

test('what is sent before its files are uploaded goes when the last of them is', async () => {
  const { fake, composer, sent, draft } = compose()
  composer.addFiles([file('a.txt'), file('b.txt')], limits)
  composer.setText('Look')
  composer.send()
  fake.uploads[1]?.finish()
  await settle()
  expect(draft().isArmed).toBe(true)
  expect(sent()).toEqual([])
  composer.setText('Look at these')
  fake.uploads[0]?.finish()
  await settle()
  expect(sent()).toEqual([
    { text: 'Look at these', files: [fakeAttachment('a.txt', ''), fakeAttachment('b.txt', '')] },
  ])
})

test('an upload that fails keeps the message back, until it is tried again or taken away', async () => {
  const { fake, composer, sent, draft } = compose()
  composer.addFiles([file('a.txt')], limits)
  composer.setText('Look')
  composer.send()
  fake.uploads[0]?.fail(new StreamError('upload-failed', 'No.'))
  await settle()
  expect(draft()).toMatchObject({ isArmed: false, files: [{ status: 'failed' }] })
  expect(sendBlock(draft())).toBe('files')
  expect(composer.send()).toBe(false)
  composer.retryFile(draft().files[0]?.key ?? '')
  expect(fake.uploads).toHaveLength(2)
  fake.uploads[1]?.finish()
  await settle()
  composer.send()
  expect(sent()).toHaveLength(1)
})

test('a file that is taken away is uploaded no further', async () => {
  const { fake, composer, draft } = compose()
  composer.addFiles([file('a.txt')], limits)
  composer.removeFile(draft().files[0]?.key ?? '')
  await settle()
  expect(fake.uploads[0]?.options.signal?.aborted).toBe(true)
  expect(draft().files).toEqual([])
})

test('taking away the only thing there was does not send nothing', () => {
  const { composer, sent, draft } = compose()
  composer.addFiles([file('a.txt')], limits)
  composer.send()
  composer.removeFile(draft().files[0]?.key ?? '')
  expect(sent()).toEqual([])
  expect(draft().isArmed).toBe(false)
})

test('a file that is too large is not uploaded, and says so', () => {
  const { fake, composer, draft } = compose()
  composer.addFiles([file('a.txt', 2000)], limits)
  expect(fake.uploads).toEqual([])
  expect(draft().files[0]).toMatchObject({ status: 'refused', refusal: 'too-large' })
})

test('a draft that was refused before it became a message comes back', async () => {
  const { fake, composer, draft } = compose()
  fake.answer('sendMessage', () => Promise.reject(new StreamError('misuse', 'No client.')))
  composer.setText('Hello')
  composer.send()
  await settle()
  expect(draft()).toMatchObject({ text: 'Hello', error: { code: 'misuse' } })
})

test('what is written meanwhile is not overwritten by a draft that comes back', async () => {
  const { fake, composer, draft } = compose()
  fake.answer('sendMessage', () => Promise.reject(new StreamError('misuse', 'No client.')))
  composer.setText('Hello')
  composer.send()
  composer.setText('Next')
  await settle()
  expect(draft()).toMatchObject({ text: 'Next', error: { code: 'misuse' } })
})

test('a message that is shown as not sent does not come back', async () => {
  const { fake, composer, draft } = compose()
  const error = new StreamError('network', 'No network.')
  fake.answer('sendMessage', () => {
    fake.put(outgoingMessage('m', 'Hello', error))
    return Promise.reject(error)
  })
  composer.setText('Hello')
  composer.send()
  await settle()
  expect(draft()).toEqual({ text: '', files: [], isArmed: false, error: null })
})

test('its end ends uploads', () => {
  const { fake, composer, draft } = compose()
  composer.addFiles([file('a.txt')], limits)
  composer.end()
  expect(fake.uploads[0]?.options.signal?.aborted).toBe(true)
  expect(draft().files).toEqual([])
})

test('a message that was stopped on its way comes back as a draft, and that is no error', async () => {
  const { fake, composer, draft } = compose()
  fake.answer('sendMessage', () => Promise.reject(new StreamError('aborted', 'Stopped.')))
  composer.setText('Hello')
  composer.send()
  await settle()
  expect(draft()).toMatchObject({ text: 'Hello', error: null })
})

test('the text outlives the end, for a composer that is only hidden', () => {
  const { composer, draft } = compose()
  composer.setText('Hello')
  composer.end()
  expect(draft().text).toBe('Hello')
})

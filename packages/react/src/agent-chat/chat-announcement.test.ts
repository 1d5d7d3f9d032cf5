import { expect, test } from 'vitest'
import { nextChatAnnouncement, type ChatFacts } from './chat-announcement.ts'
import { englishChatLabels as labels } from './english-labels.ts'

const quiet: ChatFacts = {
  id: 'chat_1',
  isLoaded: true,
  status: 'ready',
  isStopping: false,
  isCancelled: false,
  approvalId: null,
  approvalTool: null,
  reason: null,
  unsentCount: 0,
  line: 'up',
}

/** What is said on the way through `steps`, each of which changes the one before. */
function speak(first: Partial<ChatFacts>, ...steps: readonly Partial<ChatFacts>[]): readonly string[] {
  let facts = { ...quiet, ...first }
  let announcement = { facts, text: '' }
  return steps.map((step) => {
    facts = { ...facts, ...step }
    const next = nextChatAnnouncement(announcement, facts, labels)
    const isNew = next.text !== announcement.text
    announcement = next
    return isNew ? next.text : ''
  })
}

test('a turn is announced when it begins and when it ends, and not between', () => {
  expect(speak({}, { status: 'submitted' }, { status: 'streaming' }, {}, { status: 'ready' })).toEqual([
    '',
    labels.announce.began,
    '',
    labels.announce.done,
  ])
})

test('a turn that was stopped is not complete', () => {
  expect(speak({ status: 'streaming' }, { isStopping: true }, { status: 'ready' })).toEqual([
    '',
    labels.announce.stopped,
  ])
  expect(speak({ status: 'streaming' }, { status: 'ready', isCancelled: true })).toEqual([
    labels.announce.stopped,
  ])
})

test('a failure is announced with its reason, in part', () => {
  expect(speak({ status: 'streaming' }, { status: 'error', reason: 'Overloaded' })).toEqual([
    labels.announce.failed('Overloaded'),
  ])
  const [said] = speak({ status: 'streaming' }, { status: 'error', reason: 'x'.repeat(500) })
  expect(said).toHaveLength(labels.announce.failed('').length + 201)
})

test('an approval is announced once, with the tool', () => {
  expect(
    speak(
      { status: 'streaming' },
      { status: 'awaiting_input', approvalId: 'i', approvalTool: 'send_email' },
      {},
      { status: 'streaming', approvalId: null },
    ),
  ).toEqual([labels.announce.needsApproval('send_email'), '', ''])
})

test('a question is announced', () => {
  expect(speak({ status: 'streaming' }, { status: 'awaiting_input' })).toEqual([labels.announce.waitsForYou])
})

test('a message that was not sent is announced', () => {
  expect(speak({ status: 'submitted' }, { status: 'error', unsentCount: 1 })).toEqual([
    labels.announce.notSent,
  ])
})

test('a line that is lost and comes back is announced, and attempts are not', () => {
  expect(speak({}, { line: 'lost' }, { line: 'trying' }, { line: 'lost' }, { line: 'up' })).toEqual([
    labels.announce.lineLost,
    '',
    '',
    labels.announce.lineBack,
  ])
})

test('what is so when a chat is loaded is no news', () => {
  expect(
    speak({ isLoaded: false, line: 'trying' }, { isLoaded: true, status: 'error', reason: 'x', line: 'up' }),
  ).toEqual([''])
})

test('another chat is no news', () => {
  expect(speak({ status: 'streaming' }, { id: 'chat_2', status: 'ready' })).toEqual([''])
})

test('what happens twice is spoken twice, with nothing said between', () => {
  const ask = { status: 'awaiting_input', approvalTool: 'search' } as const
  const heard = speak({ status: 'streaming' }, { ...ask, approvalId: 'i1' }, { ...ask, approvalId: 'i2' })
  expect(heard.map((text) => text.trim())).toEqual([
    labels.announce.needsApproval('search'),
    labels.announce.needsApproval('search'),
  ])
})

test('a name of a tool is spoken in part when it is long', () => {
  const ask = { status: 'awaiting_input', approvalTool: 'x'.repeat(10_000), approvalId: 'i1' } as const
  expect(speak({ status: 'streaming' }, ask)[0]?.length).toBeLessThan(400)
})

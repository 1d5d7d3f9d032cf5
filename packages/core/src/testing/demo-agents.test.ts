import { expect, test } from 'vitest'
import { chatWorld } from '../../test/chat-world.ts'
import { demoAgentCards, demoAgents } from './demo-agents.ts'

const run = { agents: demoAgents['demo/assistant'] ?? [], approvals: 'anyone' } as const

test.each([
  ['Search for foxes', 'I found two pages'],
  ['Make a plan', 'Here is the plan'],
  ['Write a long answer', 'How a line survives'],
  ['Ask your team', 'My colleague says'],
  ['Hello', 'You said'],
])('%s: it answers by itself', async (text, begin) => {
  const world = await chatWorld(run)
  await world.say(text)
  await world.clock.advance(120_000)
  const last = (await world.messages()).findLast(({ role }) => role === 'assistant')
  expect(JSON.stringify(last?.['content'])).toContain(begin)
  expect(last?.['status']).toBe('ready')
})

test.each([
  ['What time is it?', 'get_local_time', 'in_progress'],
  ['Send a mail', 'send_mail', 'awaiting_approval'],
  ['Show me a form', 'book_table', 'awaiting_input'],
])('%s: it waits for an answer', async (text, name, status) => {
  const world = await chatWorld(run)
  await world.say(text)
  await world.clock.advance(120_000)
  const [call] = await world.invocations()
  expect(call).toMatchObject({ status, function: { name } })
})

test('it fails on demand', async () => {
  const world = await chatWorld(run)
  await world.say('Please fail')
  await world.clock.advance(120_000)
  expect((await world.messages()).at(-1)?.['status']).toBe('failed')
})

test('every example of what to say leads to something else than what any message leads to', async () => {
  for (const text of demoAgentCards['demo/assistant']?.examplePrompts ?? []) {
    const world = await chatWorld(run)
    await world.say(text)
    await world.clock.advance(120_000)
    expect(JSON.stringify(await world.messages())).not.toContain('You said')
  }
})

/** One chat in several tabs, and over reloads and broken lines, in a real browser: no tool runs twice, no word is lost. */
import { agentScript, type AgentScript } from '@taskstream/core/testing'
import { describe, expect, test } from 'vitest'
import type { ShownChat } from './chat-history.ts'
import { openChat, readMarks, sayElsewhere, startChat, type ChatScreen } from './chat-screen.ts'
import { createFigures } from './figures.ts'
import { openLossyWire } from './lossy-wire.ts'
import { until } from './until.ts'
import { createWorlds, type World } from './world.ts'

const newWorld = createWorlds()
const note = createFigures('a chat over tabs, reloads and broken lines')

const agent = 'acme/guide'

/** Calls the counted tool, which takes so long, and says what it answered. */
const counting = (ms: number): AgentScript =>
  agentScript.clientTool({
    name: 'count',
    args: { ms },
    text: 'Let me count. ',
    reply: (result) => `The answer: ${result}`,
    stepMs: 50,
    everyMs: 10,
  })

const words = Array.from({ length: 200 }, (_, index) => `word${index + 1}`).join(' ')
/** About eight seconds. */
const talking: AgentScript = agentScript.usual({ text: words, stepMs: 50, everyMs: 40, pieceChars: 8 })

const isOver = ({ status, messages }: ShownChat): boolean => {
  const last = messages.at(-1)
  return status === 'ready' && last?.role === 'assistant' && last.status === 'ready'
}
const isTalking = ({ messages }: ShownChat): boolean => (messages.at(-1)?.text.length ?? 0) > 150

/** The ids of the calls that were answered, and how often. */
const answersOf = ({ simulator }: World): readonly number[] => Object.values(simulator.counters.toolAnswers)

async function waitForBegin(chat: ChatScreen, world: World): Promise<void> {
  await until(async () => (await readMarks(chat.page, world)).begun.length > 0)
}

function textOf(chat: ShownChat): string {
  return chat.messages
    .filter(({ role }) => role === 'assistant')
    .map(({ text }) => text)
    .join(' ')
}

describe.each([
  ['share their stream', true],
  ['have a stream each', false],
])('two tabs that %s', (_which, shareTabs) => {
  test('run a tool once between them, and show the same', async () => {
    const world = await newWorld({ agents: counting(500) })
    const chatId = await startChat(world)
    const one = await openChat(world, { agent, chatId, shareTabs })
    const other = await openChat(world, { agent, chatId, shareTabs })
    for (const count of [1, 2]) {
      await one.page.bringToFront()
      await one.say(`Count ${count}`)
      for (const tab of [one, other]) {
        await tab.page.bringToFront()
        await tab.until((shown) => isOver(shown) && shown.messages.length === count * 3)
      }
    }
    expect((await other.shown()).messages).toEqual((await one.shown()).messages)
    const { begun, ended } = await readMarks(one.page, world)
    expect(begun.length).toBe(2)
    expect(new Set(begun).size).toBe(2)
    expect(ended.toSorted()).toEqual(begun.toSorted())
    expect(answersOf(world)).toEqual([1, 1])
    expect(textOf(await other.shown())).toContain('The answer: counted')
    for (const tab of [one, other]) await tab.expectSound()
  })

  test('and the one that runs a tool is closed: the other tells the agent, and does not run it again', async () => {
    const world = await newWorld({ agents: counting(60_000) })
    const chatId = await startChat(world)
    const one = await openChat(world, { agent, chatId, shareTabs })
    await one.say('Count')
    await waitForBegin(one, world)
    const other = await openChat(world, { agent, chatId, shareTabs })
    await other.until(({ messages }) => messages.some(({ calls }) => calls.length > 0))
    const closedAtMs = Date.now()
    await one.page.close()
    const { atMs } = await other.until(isOver)
    note(
      `the tab that ran the tool was closed (shared: ${shareTabs}): the turn is over after`,
      atMs - closedAtMs,
    )
    expect(textOf(await other.shown())).toContain('was interrupted')
    const { begun, ended } = await readMarks(other.page, world)
    expect([begun.length, ended.length]).toEqual([1, 0])
    expect(answersOf(world)).toEqual([1])
    await other.expectSound()
  })
})

test('a reload in the middle of a tool does not run it again, and the turn goes on', async () => {
  const world = await newWorld({ agents: counting(60_000) })
  const chat = await openChat(world, { agent })
  await chat.say('Count')
  await waitForBegin(chat, world)
  const sinceMs = Date.now()
  await chat.page.reload()
  const { atMs, messages } = await chat.until(isOver)
  note('loaded again in the middle of a tool: the turn is over after', atMs - sinceMs)
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'assistant'])
  expect(messages.at(-1)?.text).toContain('was interrupted')
  expect((await readMarks(chat.page, world)).begun.length).toBe(1)
  expect(answersOf(world)).toEqual([1])
  expect(world.simulator.counters).toMatchObject({ chats: 1, messages: 1 })
  await chat.expectSound()
})

test('a reload in the middle of a text shows all of it, and sends nothing again', async () => {
  const world = await newWorld({ agents: talking })
  const chat = await openChat(world, { agent })
  await chat.say('Talk')
  const before = await chat.until(isTalking)
  const sinceMs = Date.now()
  await chat.page.reload()
  const back = await chat.until(({ messages }) => messages.length === 2)
  note('loaded again in the middle of a text: shown again after', back.atMs - sinceMs)
  const { messages } = await chat.until(isOver)
  expect(messages.map(({ text }) => text)).toEqual(['Talk', words])
  expect(words.startsWith(before.messages[1]?.text ?? '?')).toBe(true)
  expect(world.simulator.counters).toMatchObject({ chats: 1, messages: 1 })
  await chat.expectSound()
})

describe('a line that breaks in the middle of a text: all of it is shown, and what was shown never shrinks', () => {
  test('the server is killed and started again', async () => {
    const world = await newWorld({ agents: talking })
    const chat = await openChat(world, { agent, retryDelay: 300 })
    await chat.say('Talk')
    await chat.until(isTalking)
    const killedAtMs = Date.now()
    await world.kill()
    await new Promise((resolve) => setTimeout(resolve, 1000))
    await world.revive()
    const length = (await chat.shown()).messages[1]?.text.length ?? 0
    const back = await chat.until(({ messages }) => (messages[1]?.text.length ?? 0) > length)
    note('the server was killed for 1000 ms: the next words after', back.atMs - killedAtMs)
    const { messages } = await chat.until(isOver)
    expect(messages.map(({ text }) => text)).toEqual(['Talk', words])
    await chat.expectSound()
  })

  test('the line is cut without a word', async () => {
    const world = await newWorld({ agents: talking })
    const wire = await openLossyWire(world.api)
    const chat = await openChat(world, { agent, api: wire.url, idleTimeout: 3000, retryDelay: 300 })
    await chat.say('Talk')
    await chat.until(isTalking)
    const cutAtMs = Date.now()
    wire.cut()
    await new Promise((resolve) => setTimeout(resolve, 2000))
    wire.mend()
    const length = (await chat.shown()).messages[1]?.text.length ?? 0
    const back = await chat.until(({ messages }) => (messages[1]?.text.length ?? 0) > length)
    note('the line was cut for 2000 ms: the next words after', back.atMs - cutAtMs)
    const { messages } = await chat.until(isOver)
    expect(messages.map(({ text }) => text)).toEqual(['Talk', words])
    await chat.expectSound()
  })

  test.each([true, false])('the tab that has the stream is closed (shared: %s)', async (shareTabs) => {
    const world = await newWorld({ agents: talking })
    const chatId = await startChat(world)
    const one = await openChat(world, { agent, chatId, shareTabs })
    const other = await openChat(world, { agent, chatId, shareTabs })
    await sayElsewhere(world, chatId, 'Talk')
    await other.until(isTalking)
    await one.page.close()
    const { messages } = await other.until(isOver)
    expect(messages.map(({ text }) => text)).toEqual(['Talk', words])
    await other.expectSound()
  })
})

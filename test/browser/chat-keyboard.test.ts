/** A chat by the keyboard alone, and as axe sees it in both themes, in a real browser with a real server. */
import { createRequire } from 'node:module'
import { agentScript, type AgentScript } from '@taskstream/core/testing'
import type axe from 'axe-core'
import type { Page } from 'playwright'
import { describe, expect, test } from 'vitest'
import { openChat, type ChatScreen } from './chat-screen.ts'
import { until } from './until.ts'
import { createWorlds } from './world.ts'

const newWorld = createWorlds()
const agent = 'acme/guide'
const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

declare global {
  interface Window {
    readonly axe: typeof axe
    /** What had the focus, each time that it changed. */
    focusHistory: string[]
  }
}

/** What has the focus: its role or tag, and its name. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const one = document.activeElement
    const name = one?.getAttribute('aria-label') ?? one?.textContent.trim()
    return one === null || one === document.body
      ? 'nothing'
      : `${one.getAttribute('role') ?? one.tagName.toLowerCase()} ${name}`
  })

async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab')
    if ((await focused(page)) === name) return
  }
  throw new Error(`30 presses of Tab never led to ${name}.`)
}

async function waitForStatus({ page }: ChatScreen, status: string): Promise<void> {
  await page.locator(`[data-slot=agent-chat][data-status=${status}]`).waitFor()
}

const talking: AgentScript = agentScript.usual({
  reasoning: 'Let me think. ',
  text: 'One word after another, '.repeat(40),
  everyMs: 30,
})
const asking: AgentScript = agentScript.approval({
  name: 'send_mail',
  args: { to: 'a@b.example' },
  result: 'sent',
  runMs: 100,
  reply: 'It is sent.',
  rejected: 'Then not.',
  everyMs: 5,
})

describe('the keyboard alone', () => {
  test('leads through the chat in its order', async () => {
    const world = await newWorld({
      agents: agentScript.usual({ text: 'Yes.', everyMs: 1 }),
      agentCards: { [agent]: { examplePrompts: ['Why?', 'How?'] } },
    })
    const { page } = await openChat(world, { agent })
    await page.getByRole('button', { name: 'How?' }).waitFor()
    const names: string[] = []
    for (let presses = 0; presses < 5; presses++) {
      await page.keyboard.press('Tab')
      names.push(await focused(page))
    }
    expect(names).toEqual([
      'log Messages',
      'button Why?',
      'button How?',
      'textarea Message',
      'button Attach files',
    ])
    await page.keyboard.press('Shift+Tab')
    expect(await focused(page)).toBe('textarea Message')
  })

  test('writes lines, sends, stops, and stays where it was', async () => {
    const world = await newWorld({ agents: talking })
    const chat = await openChat(world, { agent })
    const { page } = chat
    await tabTo(page, 'textarea Message')
    await page.keyboard.type('First line')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('second line')
    await page.keyboard.press('Enter')
    await waitForStatus(chat, 'streaming')
    expect((await chat.shown()).messages[0]?.text).toBe('First line\nsecond line')
    expect(await focused(page)).toBe('textarea Message')
    await page.keyboard.press('Escape')
    await waitForStatus(chat, 'ready')
    expect(await focused(page)).toBe('textarea Message')
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('')
    expect(world.simulator.counters.requests.stop).toBe(1)
    await chat.expectSound()
  })

  test('is never moved while a reply is written, wherever it is', async () => {
    const world = await newWorld({ agents: talking })
    const chat = await openChat(world, { agent })
    const { page } = chat
    await chat.say('Talk')
    await waitForStatus(chat, 'streaming')
    await page.evaluate(() => {
      window.focusHistory = []
      document.addEventListener('focusin', ({ target }) =>
        window.focusHistory.push(target instanceof Element ? target.outerHTML.slice(0, 80) : ''),
      )
    })
    await page.keyboard.press('Tab')
    const where = await focused(page)
    const before = (await chat.shown()).messages[1]?.text.length ?? 0
    await chat.until(({ messages }) => (messages[1]?.text.length ?? 0) > before + 300)
    expect(await focused(page)).toBe(where)
    expect(await page.evaluate(() => window.focusHistory.length)).toBe(1)
    await chat.until(({ status, messages }) => status === 'ready' && messages[1]?.status === 'ready')
    expect(await page.evaluate(() => window.focusHistory.length)).toBe(1)
  })

  test.each([
    ['approves', ['Approve'], 'It is sent.'],
    ['rejects', ['Reject'], 'Then not.'],
    ['allows for good', ['Always allow…', 'Always allow'], 'It is sent.'],
  ])('%s', async (_what, buttons, reply) => {
    const world = await newWorld({ agents: asking, approvals: 'anyone' })
    const chat = await openChat(world, { agent })
    const { page } = chat
    await chat.say('Send it')
    await waitForStatus(chat, 'awaiting_input')
    expect(await focused(page)).toBe('textarea Message')
    for (const name of buttons) {
      await page.getByRole('button', { name, exact: true }).waitFor()
      // What a button opens may stand before it.
      await page.getByRole('log').focus()
      await tabTo(page, `button ${name}`)
      await page.keyboard.press('Enter')
    }
    await chat.until(({ messages }) => messages.at(-1)?.text === reply)
    await waitForStatus(chat, 'ready')
    // The button is gone; what has the focus is still something of the chat.
    expect(
      await page.evaluate(() => document.activeElement?.closest('[data-slot=agent-chat]') !== null),
    ).toBe(true)
    expect(await focused(page)).not.toBe('nothing')
  })
})

interface Scene {
  readonly agents: AgentScript
  readonly status: string
  readonly says?: string
}

const scenes: Readonly<Record<string, Scene>> = {
  empty: { agents: talking, status: 'ready' },
  streaming: { agents: talking, status: 'streaming', says: 'Talk' },
  'a tool that runs': {
    agents: agentScript.serverTool({ name: 'search', args: { q: 'fox' }, runMs: 60_000, everyMs: 5 }),
    status: 'streaming',
    says: 'Search',
  },
  'a question': { agents: asking, status: 'awaiting_input', says: 'Send it' },
  failed: { agents: agentScript.fails(), status: 'error', says: 'Fail' },
  over: {
    agents: agentScript.markdown(
      '# Head\n\nWords, `code` and [a link](https://a.example).\n\n- a\n- b\n\n```ts\nlet x\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |',
      {
        pieceChars: 50,
        everyMs: 1,
      },
    ),
    status: 'ready',
    says: 'Show',
  },
}

describe.each(['light', 'dark'])('axe finds nothing in the %s theme', (theme) => {
  test.each(Object.entries(scenes))('when it is %s', async (_name, { agents, status, says }) => {
    const world = await newWorld({
      agents,
      agentCards: { [agent]: { description: 'A guide', examplePrompts: ['Why?', 'How?'] } },
    })
    const chat = await openChat(world, { agent, theme })
    const { page } = chat
    if (says !== undefined) {
      await chat.say(says)
      await chat.until(
        ({ messages }) => messages.at(-1)?.role === 'assistant' && messages.at(-1)?.status !== '',
      )
    }
    await waitForStatus(chat, status)
    if (says === 'Show') await chat.until(({ messages }) => messages.at(-1)?.status === 'ready')
    await page.addScriptTag({ path: axePath })
    // What appears has appeared.
    await until(() =>
      page.evaluate(() =>
        document
          .getAnimations()
          .every(
            (one) => one.effect?.getComputedTiming().iterations === Infinity || one.playState === 'finished',
          ),
      ),
    )
    const found = await page.evaluate(async () => {
      const { violations } = await window.axe.run(document, {
        rules: { 'page-has-heading-one': { enabled: false } },
      })
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`,
      )
    })
    expect(found).toEqual([])
  })
})

import type { Page } from 'playwright'
import { expect } from 'vitest'
import { faultsInChat, recordChat, type ShownChat } from './chat-history.ts'
import { until } from './until.ts'
import type { PageOptions, World } from './world.ts'

/** A page with a chat, and what it has shown since it was opened or loaded again. */
export interface ChatScreen {
  readonly page: Page
  /** What the chat showed at the first moment at which it was as described. Waits for it for half a minute. */
  until(isAsDescribed: (chat: ShownChat) => boolean): Promise<ShownChat>
  /** What it shows now. */
  shown(): Promise<ShownChat>
  /** Writes a message and sends it with Enter. */
  say(text: string): Promise<void>
  /** Fails when the page has ever shown what it may never show. */
  expectSound(): Promise<void>
}

/** Calls of the counted tool, by the id of the call. */
export interface ToolMarks {
  readonly begun: readonly string[]
  readonly ended: readonly string[]
}

/** Opens a page with the chat of an agent, or with one that exists. */
export async function openChat(world: World, options: PageOptions): Promise<ChatScreen> {
  const { page } = await world.open(options, recordChat)
  const history = (): Promise<readonly ShownChat[]> => page.evaluate(() => window.chatHistory)
  const field = page.getByRole('textbox', { name: 'Message' })
  return {
    page,
    async until(isAsDescribed) {
      let shown: readonly ShownChat[] = []
      let found: ShownChat | undefined
      await until(async () => {
        // There is nothing to ask while a page is on its way.
        shown = await history().catch(() => [])
        found = shown.find(isAsDescribed)
        return found !== undefined
      }).catch(() => {})
      if (found !== undefined) return found
      const last = shown.slice(-5).map((one) => JSON.stringify(one))
      throw new Error(`The chat was never ${isAsDescribed.toString()}. It showed last:\n${last.join('\n')}`)
    },
    async shown() {
      const last = (await history()).at(-1)
      if (last === undefined) throw new Error('The page shows no chat.')
      return last
    },
    async say(text) {
      await field.fill(text)
      await field.press('Enter')
    },
    async expectSound() {
      expect(faultsInChat(await history())).toEqual([])
    },
  }
}

/** Begins a chat, from elsewhere; its id. */
export async function startChat({ simulator, api }: World, agent = 'acme/guide'): Promise<string> {
  const answer = await simulator(`${api}/chats`, { method: 'POST', body: JSON.stringify({ agent }) })
  const { data } = (await answer.json()) as { readonly data: { readonly id: string } }
  return data.id
}

/** Says something in a chat, from elsewhere. */
export async function sayElsewhere({ simulator, api }: World, chatId: string, text: string): Promise<void> {
  const answer = await simulator(`${api}/chats/${chatId}/messages`, {
    method: 'POST',
    body: JSON.stringify({ message: text }),
  })
  expect(answer.status).toBe(200)
}

/** What the counted tool has done in this browser for the chats of one server. */
export async function readMarks(page: Page, { api }: World): Promise<ToolMarks> {
  const marks = (await page.evaluate(() => Object.keys(localStorage))).map((key) => key.split(' '))
  const of = (kind: string): readonly string[] =>
    marks.flatMap(([one, server, call = '']) => (one === kind && server === api ? [call] : []))
  return { begun: of('begin'), ended: of('end') }
}

import type { Page, Request } from 'playwright'
import { expect } from 'vitest'
import { sayElsewhere, startChat } from './chat-screen.ts'
import { until } from './until.ts'
import { watchHarm } from './watch-harm.ts'
import type { World } from './world.ts'

/** A page with a chat that is watched for harm. */
export interface WatchedPage {
  readonly page: Page
  /** Requests to anybody but the page and its server. */
  readonly foreign: readonly Request[]
  /** What was done to the page, and where it went. */
  readonly harm: () => Promise<readonly string[]>
}

/** Opens a chat and watches it. Requests to strangers are refused, so that nothing leaves the machine. */
export async function openWatched(world: World, chatId: string): Promise<WatchedPage> {
  const { page } = await world.open({ agent: 'acme/guide', chatId, publish: 'sync' }, watchHarm)
  const foreign: Request[] = []
  const harmed: string[] = []
  const home = page.url()
  const hosts = [new URL(home).host, new URL(world.api).host]
  const isForeign = (address: string): boolean =>
    /^(?:https?|wss?|ftp):/.test(address) && !hosts.includes(new URL(address).host)
  page.on('request', (request) => isForeign(request.url()) && foreign.push(request))
  page.on('dialog', (dialog) => harmed.push(`A dialog says ${dialog.message()}.`))
  page.on('popup', (popup) => harmed.push(`A window opened at ${popup.url()}.`))
  page.on('frameattached', () => harmed.push('There is a frame.'))
  await page.route(
    ({ href }) => isForeign(href),
    (route) => route.abort(),
  )
  return {
    page,
    foreign,
    harm: async () => {
      await page.evaluate(() => window.lookForHarm())
      const went = page.url() === home ? [] : [`The page went to ${page.url()}.`]
      return [...(await page.evaluate(() => window.harm)), ...harmed, ...went]
    },
  }
}

/** Waits until nothing more is coming. */
async function waitForEnd(page: Page): Promise<void> {
  await until(() =>
    page.evaluate(() => {
      const chat = document.querySelector<HTMLElement>('[data-slot=agent-chat]')
      const last = [...document.querySelectorAll('[data-slot=agent-chat-message]')].at(-1)
      return chat?.dataset['status'] === 'ready' && last?.textContent.includes('That was all.') === true
    }),
  )
}

/** Shows earlier messages until all are there, and unfolds whatever is folded. */
export async function unfoldAll(page: Page): Promise<void> {
  await until(() =>
    page.evaluate(() => {
      const button = document.querySelector<HTMLElement>('[data-slot=agent-chat-load-older] button')
      button?.click()
      return button === null
    }),
  )
  await until(() =>
    page.evaluate(async () => {
      const chat = '[data-slot=agent-chat] '
      const folded = [...document.querySelectorAll<HTMLElement>(`${chat}[aria-expanded=false]`)].filter(
        (one) => one.closest('[data-slot=agent-chat-approval], [data-slot=agent-chat-composer]') === null,
      )
      const closed = [...document.querySelectorAll<HTMLDetailsElement>(`${chat}details:not([open])`)]
      for (const one of folded) one.click()
      for (const one of closed) one.open = true
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
      return closed.length === 0 && folded.every((one) => one.getAttribute('aria-expanded') === 'false')
    }),
  )
}

/**
 * Streams a turn, then loads it again whole, and looks for harm with everything unfolded.
 *
 * @param count - tool calls that are shown in the end, at least
 * @returns what was asked of strangers
 */
export async function readTwice(world: World, count: number): Promise<readonly Request[]> {
  const chatId = await startChat(world)
  const opened = await openWatched(world, chatId)
  const { page, foreign } = opened
  await page.getByRole('textbox', { name: 'Message' }).waitFor()
  await sayElsewhere(world, chatId, 'Begin')
  await waitForEnd(page)
  await unfoldAll(page)
  expect(await opened.harm()).toEqual([])
  await page.reload()
  await waitForEnd(page)
  await unfoldAll(page)
  const shown = await page.evaluate(() => document.querySelectorAll('[data-slot=agent-chat-tool]').length)
  expect(shown).toBeGreaterThanOrEqual(count)
  expect(await opened.harm()).toEqual([])
  await page.close()
  return foreign
}

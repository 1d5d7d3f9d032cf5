import type { BrowserContext, Page } from 'playwright'
import { faultsIn, recordScreen, type ShownCard } from './screen-history.ts'
import { until } from './until.ts'

/** A page, and what it has shown since it was opened. */
export interface Screen {
  readonly page: Page
  /** Everything that it has shown so far, oldest first; of a page that was loaded again, since then. */
  history(): Promise<readonly ShownCard[]>
  /** What one card, by default the first, shows now. */
  card(index?: number): Promise<ShownCard>
  /**
   * What one card showed at the first moment from `sinceMs` on (default: now) at which it was as described; `atMs` is that
   * moment. Waits for it for half a minute.
   */
  until(
    isAsDescribed: (card: ShownCard) => boolean,
    where?: { readonly index?: number; readonly sinceMs?: number },
  ): Promise<ShownCard>
  /** Lets the page stand still, as browsers do with pages that nobody looks at; the answer brings it to life and to the front. */
  freeze(): Promise<() => Promise<void>>
  /** Puts another page before it; the answer brings it to the front again. */
  hide(): Promise<() => Promise<void>>
  /** Its process dies. */
  crash(): Promise<void>
  /** Keeps its process busy for good. */
  hang(): Promise<void>
  /** What it has shown that it may never show, and what went wrong in it. */
  faults(): Promise<readonly string[]>
}

/** Opens `address` in a page of its own, and runs `before` in it first. */
export async function openScreen(
  context: BrowserContext,
  address: string,
  before: () => void = () => {},
): Promise<Screen> {
  const page = await context.newPage()
  const troubles: string[] = []
  let isGone = false
  page.on('pageerror', (error) => troubles.push(String(error)))
  page.on('console', (message) => {
    // A server that is gone is what the tests are about.
    const isAboutRequest = /^(?:Failed to load resource|Not allowed to load local resource: blob:)/.test(
      message.text(),
    )
    if (['error', 'warning'].includes(message.type()) && !isAboutRequest) troubles.push(message.text())
  })
  await page.addInitScript(recordScreen)
  await page.addInitScript(before)
  await page.goto(address)

  const hide = async (): Promise<void> => {
    const other = await context.newPage()
    await other.bringToFront()
  }
  const history = (): Promise<readonly ShownCard[]> => page.evaluate(() => window.screenHistory)
  return {
    page,
    history,
    async card(index = 0) {
      const card = (await history()).findLast((one) => one.index === index)
      if (card === undefined) throw new Error(`The page shows no card ${index}.`)
      return card
    },
    async until(isAsDescribed, { index = 0, sinceMs = Date.now() } = {}) {
      let shown: readonly ShownCard[] = []
      let found: ShownCard | undefined
      await until(async () => {
        // There is nothing to ask while a page is on its way.
        shown = (await history().catch(() => [])).filter((one) => one.index === index)
        const next = shown.findIndex(({ atMs }) => atMs > sinceMs)
        const from = Math.max(0, (next === -1 ? shown.length : next) - 1)
        found = shown.slice(from).find(isAsDescribed)
        return found !== undefined
      }).catch(() => {})
      if (found !== undefined) return { ...found, atMs: Math.max(found.atMs, sinceMs) }
      const last = shown
        .slice(-8)
        .map(({ lines, ...card }) => JSON.stringify({ ...card, last: lines.at(-1) }))
      throw new Error(
        `Card ${index} was never ${isAsDescribed.toString()}. It showed last:\n${last.join('\n')}`,
      )
    },
    async freeze() {
      // Only what nobody sees is frozen.
      if (await page.evaluate(() => document.visibilityState === 'visible')) await hide()
      const session = await context.newCDPSession(page)
      await session.send('Page.setWebLifecycleState', { state: 'frozen' })
      return async () => {
        await session.send('Page.setWebLifecycleState', { state: 'active' })
        await session.detach()
        await page.bringToFront()
      }
    },
    async hide() {
      await hide()
      return () => page.bringToFront()
    },
    async crash() {
      isGone = true
      const crashed = page.waitForEvent('crash')
      page.goto('chrome://kill').catch(() => {})
      await crashed
    },
    hang() {
      isGone = true
      page
        .evaluate(() => {
          for (;;);
        })
        .catch(() => {})
      return Promise.resolve()
    },
    faults: async () => [...troubles, ...(isGone || page.isClosed() ? [] : faultsIn(await history()))],
  }
}

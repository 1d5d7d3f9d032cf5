import { createSimulator, type Simulator, type SimulatorOptions } from '@taskstream/core/testing'
import { serveNode, type NodeServer } from '@taskstream/core/testing/node'
import type { BrowserContext } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest'
import { createLeapingClock } from './leaping-clock.ts'
import { endMs, longTask } from './long-task.ts'
import { startChromium, type RunningChromium } from './running-chromium.ts'
import { openScreen, type Screen } from './screen.ts'
import { servePage, type PageMode } from './served-page.ts'
import { watchTraffic, type Traffic } from './traffic.ts'

/** What stands in the address of the page; a list is one entry for each. */
export type PageOptions = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** A server on a real port, and a browser that is about to open pages. */
export interface World {
  readonly simulator: Simulator
  readonly traffic: Traffic
  readonly context: BrowserContext
  /** Address of the server. */
  readonly api: string
  /** Starts a task, from elsewhere; its id. */
  startTask(name?: string): Promise<string>
  /** How many lines of its log a task has written by now. */
  countLines(id: string): Promise<number>
  /** Brings every task to its end now. */
  endTasks(): void
  /** The process of the server dies. What it has stored lives on. */
  kill(): Promise<void>
  /** It is started again at the same address. */
  revive(): Promise<void>
  /** Opens the page, at the server unless `api` says something else; `before` runs in it first. */
  open(options: PageOptions, before?: () => void): Promise<Screen>
}

/**
 * For the tests of one file: a browser and the built page before them, and a world for each that asks. What a test opened is
 * closed after it, and it fails if a page ever showed what it may not show.
 *
 * @param mode - how the page is built; default `development`
 */
export function createWorlds(mode?: PageMode): (options?: SimulatorOptions) => Promise<World> {
  let browser: RunningChromium | null = null
  let site: NodeServer | null = null
  let screens: Screen[] = []
  let closing: (() => Promise<void>)[] = []

  vi.setConfig({ testTimeout: 60_000 })
  beforeAll(async () => {
    site = await servePage(mode)
    browser = await startChromium()
  }, 120_000)
  afterEach(async () => {
    const faults = (await Promise.all(screens.map((screen) => screen.faults()))).flat()
    for (const close of closing.toReversed()) await close()
    screens = []
    closing = []
    expect(faults).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  return async (simulatorOptions) => {
    if (browser === null || site === null) throw new Error('A world is there only while a test runs.')
    const { url } = site
    const clock = createLeapingClock()
    const simulator = createSimulator({ clock, script: longTask(), heartbeatMs: 1000, ...simulatorOptions })
    const { traffic, handler } = watchTraffic(simulator)
    let server = await serveNode(handler)
    const { port, url: api } = server
    const { context } = browser
    closing.push(async () => {
      await context.setOffline(false)
      // One page is left, so that the browser is too.
      for (const page of context.pages().slice(1)) await page.close()
      simulator.close()
      await server.close()
    })
    return {
      simulator,
      traffic,
      context,
      api,
      async startTask(name = 'line') {
        const answer = await simulator(`${api}/apps/run`, {
          method: 'POST',
          body: JSON.stringify({ app: 'acme/flux', input: { name } }),
        })
        const { data } = (await answer.json()) as { readonly data: { readonly id: string } }
        return data.id
      },
      async countLines(id) {
        const { data } = (await (await simulator(`${api}/tasks/${id}`)).json()) as {
          readonly data: { readonly logs: readonly string[] }
        }
        return data.logs.length
      },
      endTasks: () => clock.leap(endMs),
      async kill() {
        await server.kill()
        simulator.restart()
      },
      async revive() {
        server = await serveNode(handler, { port })
      },
      async open(pageOptions, before) {
        const query = new URLSearchParams()
        const options: PageOptions = { api, ...pageOptions }
        for (const [name, value] of Object.entries(options)) {
          for (const one of [value].flat()) query.append(name, String(one))
        }
        const screen = await openScreen(context, `${url}/?${query}`, before)
        screens.push(screen)
        return screen
      },
    }
  }
}

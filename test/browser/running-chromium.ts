import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright'
import { chromiumArgs, findChromium } from '../../scripts/chromium.js'

/** A browser that runs. */
export interface RunningChromium {
  /** All of its pages. */
  readonly context: BrowserContext
  close(): Promise<void>
}

/**
 * Starts Chromium as people have it. One that Playwright launches takes every page for visible and keeps none for coming back,
 * so that pages are never hidden, frozen or taken out of the back-forward cache.
 */
export async function startChromium(): Promise<RunningChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'taskstream-chromium-'))
  const process = spawn(
    findChromium() ?? '/usr/bin/chromium',
    [...chromiumArgs, '--remote-debugging-port=0', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const end = (): void => void process.kill('SIGKILL')
  globalThis.process.once('exit', end)
  const browser = await chromium.connectOverCDP(await readAddress(process), {
    noDefaults: true,
    timeout: 110_000,
  })
  const context = browser.contexts()[0]
  if (context === undefined) throw new Error('Chromium runs, but has no context to open pages in.')
  return {
    context,
    async close() {
      const exited = once(process, 'exit')
      const session = await browser.newBrowserCDPSession()
      await session.send('Browser.close')
      await exited
      globalThis.process.off('exit', end)
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** Where it can be driven, as it tells when it has started. */
async function readAddress({ stderr }: ChildProcess): Promise<string> {
  let said = ''
  for await (const part of stderr ?? []) {
    said += String(part)
    const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
    if (address !== undefined) return address
  }
  throw new Error(`Chromium ended before it could be driven. It said:\n${said}`)
}

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

/** How long a browser may take until it can be driven, in milliseconds; and how many are started before that is an error. */
const connectMs = 20_000
const maxStarts = 4

/**
 * Starts Chromium as people have it. One that Playwright launches takes every page for visible and keeps none for coming back,
 * so that pages are never hidden, frozen or taken out of the back-forward cache.
 *
 * Now and then one that is connected to right after its start never answers: it is ended, and another one is started.
 */
export async function startChromium(): Promise<RunningChromium> {
  for (let start = 1; ; start++) {
    const started = await spawnChromium()
    try {
      return await drive(started)
    } catch (error) {
      await started.end()
      if (start === maxStarts) throw error
    }
  }
}

interface SpawnedChromium {
  readonly process: ChildProcess
  readonly address: string
  /** Ends it, if it has not ended yet, and removes what it has written. */
  end(): Promise<void>
}

async function spawnChromium(): Promise<SpawnedChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'taskstream-chromium-'))
  const process = spawn(
    findChromium() ?? '/usr/bin/chromium',
    [...chromiumArgs, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const exited = once(process, 'exit')
  const kill = (): void => void process.kill('SIGKILL')
  globalThis.process.once('exit', kill)
  return {
    process,
    address: await readAddress(process),
    async end() {
      kill()
      await exited
      globalThis.process.off('exit', kill)
      await rm(profile, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function drive(started: SpawnedChromium): Promise<RunningChromium> {
  const { address, process } = started
  const browser = await chromium.connectOverCDP(address, { noDefaults: true, timeout: connectMs })
  const context = browser.contexts()[0]
  if (context === undefined) throw new Error('Chromium runs, but has no context to open pages in.')
  return {
    context,
    async close() {
      const exited = once(process, 'exit')
      const session = await browser.newBrowserCDPSession()
      await session.send('Browser.close')
      await exited
      await started.end()
    },
  }
}

/** Where it can be driven, as it tells when it has started. What it says later is read as well: a full pipe would stop it. */
function readAddress({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    stderr?.on('data', (part) => {
      said = `${said}${String(part)}`.slice(-10_000)
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
      if (address !== undefined) resolve(address)
    })
    stderr?.on('end', () => reject(new Error(`Chromium ended before it could be driven. It said:\n${said}`)))
  })
}

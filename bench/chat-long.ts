/**
 * What a reply of 2,000 pieces below 500 old messages costs the page that shows it, in Chromium, as it is built for people:
 * frames, and tasks above 50 ms. Prints a table; run it with `pnpm bench:chat`.
 */
import { createSimulator } from '@taskstream/core/testing'
import { serveNode } from '@taskstream/core/testing/node'
import { deltaCount, fillLongChat, longChat, measureLongReply, oldCount } from '../test/browser/long-chat.ts'
import { startChromium } from '../test/browser/running-chromium.ts'
import { servePage } from '../test/browser/served-page.ts'

const runs = 3

const site = await servePage('production')
const chromium = await startChromium()
const rows: Record<string, string | number>[] = []
for (let run = 1; run <= runs; run++) {
  const simulator = createSimulator({ agents: longChat })
  const server = await serveNode(simulator)
  const chatId = await fillLongChat(simulator, server.url)
  const page = await chromium.context.newPage()
  // What tsx puts around the functions that run in the page.
  await page.addInitScript('globalThis.__name = (one) => one')
  const query = new URLSearchParams({ agent: 'acme/guide', api: server.url, chatId })
  await page.goto(`${site.url}/?${query}`)
  const cost = await measureLongReply(page)
  rows.push({
    run,
    'old messages': oldCount,
    pieces: deltaCount,
    seconds: (cost.lastedMs / 1000).toFixed(1),
    frames: cost.frames,
    'frames/s': (cost.frames / (cost.lastedMs / 1000)).toFixed(1),
    changes: cost.changes,
    '95% of frames ms': cost.slowFrameMs.toFixed(0),
    'longest frame ms': cost.longestFrameMs.toFixed(0),
    'tasks > 50 ms': cost.longTasks.length,
    'longest task ms': Math.max(0, ...cost.longTasks),
  })
  await page.close()
  simulator.close()
  await server.close()
}
await chromium.close()
await site.close()
console.table(rows)
if (rows.some((row) => row['tasks > 50 ms'] !== 0)) process.exitCode = 1

import { expect, test } from 'vitest'
import { createClient } from '../store/client.ts'
import { createManualClock, createSimulator, fault, taskScript } from './index.ts'

// The example of the module, word for word.
test('the app keeps its log though the line breaks', async () => {
  const clock = createManualClock()
  const script = taskScript.usual({ logs: ['loading', 'drawing'], output: 'a fox' })
  const server = createSimulator({ clock, script, faults: [fault.cutAfterEvents(4, { on: 'stream' })] })
  const client = createClient({ fetch: server, clock, publish: 'sync', resumeStorage: null })
  const run = client.run({ app: 'acme/flux', input: { prompt: 'a fox' } })
  await clock.advance(60_000)
  expect(await run).toMatchObject({ status: 'completed', logs: ['loading', 'drawing'], output: 'a fox' })
  expect(server.counters).toMatchObject({ runs: 1, streamsOpened: 2, openStreams: 0 })
})

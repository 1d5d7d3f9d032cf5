/** The line breaks in the middle of a run, in a real browser over real HTTP: the task never notices. */
import type { SimulatorOptions } from '@taskstream/core/testing'
import { describe, expect, test } from 'vitest'
import { openBufferingProxy } from './buffering-proxy.ts'
import { createFigures } from './figures.ts'
import { linesUpTo, longTask } from './long-task.ts'
import { openLossyWire } from './lossy-wire.ts'
import type { ShownCard } from './screen-history.ts'
import type { Screen } from './screen.ts'
import { createWorlds, type PageOptions, type World } from './world.ts'

const newWorld = createWorlds()
const note = createFigures('a broken line')

const isLive = ({ connection, lines }: ShownCard): boolean => connection === 'live' && lines.length > 2
const isOver = ({ status, lines }: ShownCard): boolean => status === 'Completed' && lines.length === 40
const countdown = /^Reconnecting in (\d+)s attempt \d+$/
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** What was shown between two moments. */
async function shownBetween(screen: Screen, fromMs: number, toMs: number): Promise<readonly ShownCard[]> {
  return (await screen.history()).filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
}

async function expectWholeEnd(world: World, screen: Screen): Promise<void> {
  world.endTasks()
  const { lines, percent, output } = await screen.until(isOver)
  expect(lines).toEqual(linesUpTo(40))
  expect(percent).toBe('100%')
  expect(output).toContain('all told')
  expect(world.simulator.counters.runs).toBe(1)
}

describe('a server that is killed and started again 2 s later', () => {
  test.each<[string, SimulatorOptions, PageOptions]>([
    ['tells the present', { resume: 'snapshot' }, {}],
    ['sends what comes after an id', { resume: 'cursor', resumeIds: 'opaque' }, {}],
    [
      'sends what comes after an id, as we know',
      { resume: 'cursor', resumeIds: 'opaque' },
      { resumeMode: 'cursor' },
    ],
    ['tells everything each time, as we know', { resume: 'replay' }, { resumeMode: 'replay' }],
  ])(
    'and that %s is followed to the end; every line comes once (L4, L6)',
    async (which, simulatorOptions, pageOptions) => {
      const world = await newWorld(simulatorOptions)
      const screen = await world.open({ task: await world.startTask(), retryDelay: 300, ...pageOptions })
      await screen.until(isLive)
      const killedAtMs = Date.now()
      await world.kill()
      await screen.until(({ badge }) => countdown.test(badge ?? ''))
      await pause(2000)
      await world.revive()
      const revivedAtMs = Date.now()
      const back = await screen.until(isLive)
      note(`a server that was killed and ${which}: live after`, back.atMs - revivedAtMs)
      const meanwhile = await shownBetween(screen, killedAtMs, back.atMs)
      expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set(['Running']))
      expect(meanwhile.some(({ badge }) => badge?.includes('attempt 2'))).toBe(true)
      await expectWholeEnd(world, screen)
    },
  )
})

test('"Retry now" tries at once, however long the wait would be', async () => {
  const world = await newWorld()
  const screen = await world.open({ task: await world.startTask(), retryDelay: 30_000 }, () => {
    // The longest of the waits that chance may choose.
    Math.random = () => 0.999
  })
  await screen.until(isLive)
  await world.kill()
  const { badge } = await screen.until((card) => countdown.test(card.badge ?? ''))
  expect(Number(countdown.exec(badge ?? '')?.[1])).toBeGreaterThan(25)
  await world.revive()
  const pressedAtMs = Date.now()
  await screen.page.locator('[data-slot=task-progress-reconnect]', { hasText: 'Retry now' }).click()
  const back = await screen.until(isLive, { sinceMs: pressedAtMs })
  note('"Retry now": live after', back.atMs - pressedAtMs)
  expect(back.atMs - pressedAtMs).toBeLessThan(10_000)
  await expectWholeEnd(world, screen)
})

test('without a network nothing is asked, and with one again it goes on at once', async () => {
  const world = await newWorld()
  const wire = await openLossyWire(world.api)
  const screen = await world.open({ task: await world.startTask(), api: wire.url })
  await screen.until(isLive)
  const cutAtMs = Date.now()
  wire.cut()
  await world.context.setOffline(true)
  const cut = await screen.until(({ badge }) => badge === 'Offline waiting for the network')
  note('the network went: told after', cut.atMs - cutAtMs)
  const asked: string[] = []
  screen.page.on('request', (request) => asked.push(request.url()))
  // Longer than the first wait of a line that broke otherwise.
  await pause(2000)
  expect(asked).toEqual([])
  const meanwhile = await shownBetween(screen, cut.atMs, Date.now())
  expect(meanwhile.map(({ connection, status }) => `${connection} ${status}`)).toEqual(['offline Running'])

  wire.mend()
  const mendedAtMs = Date.now()
  await world.context.setOffline(false)
  const back = await screen.until(isLive, { sinceMs: mendedAtMs })
  note('the network came back: live after', back.atMs - mendedAtMs)
  expect(back.atMs - mendedAtMs).toBeLessThan(3000)
  await expectWholeEnd(world, screen)
  expect(world.simulator.counters.streamsOpened).toBe(2)
})

test('a line that dies without a word is found out by its silence, and taken up again', async () => {
  const world = await newWorld()
  const wire = await openLossyWire(world.api)
  const task = await world.startTask()
  const screen = await world.open({ task, api: wire.url, idleTimeout: 4000, retryDelay: 500 })
  await screen.until(isLive)
  const cutAtMs = Date.now()
  wire.cut()
  const stalled = await screen.until(({ badge }) => badge === 'No signal')
  note('not a word: told after', stalled.atMs - cutAtMs)
  const broken = await screen.until(({ connection }) => connection === 'reconnecting')
  note('not a word: tried again after', broken.atMs - cutAtMs)
  wire.mend()
  await screen.until(isLive)
  await expectWholeEnd(world, screen)
})

test('a stream that something on the way holds back is found out, and polling takes its place', async () => {
  const world = await newWorld({ script: longTask({ everyMs: 1000 }) })
  const proxy = await openBufferingProxy(world.api)
  const screen = await world.open({ task: await world.startTask(), api: proxy.url, pollInterval: 500 })
  const opened = await screen.until(({ connection }) => connection === 'live')
  const found = await screen.until(({ badge }) => badge === 'Checking')
  note('a stream that is held back: polling after', found.atMs - opened.atMs)
  await screen.until(({ badge, lines }) => badge === 'Checking' && lines.length > found.lines.length + 1)
  await expectWholeEnd(world, screen)
  expect(world.simulator.counters.streamsOpened).toBe(1)
})

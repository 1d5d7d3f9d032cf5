/** The page is frozen, hidden, left or loaded again in the middle of a run, in a real browser. */
import { describe, expect, test } from 'vitest'
import { createFigures } from './figures.ts'
import { linesUpTo } from './long-task.ts'
import type { ShownCard } from './screen-history.ts'
import type { Screen } from './screen.ts'
import { until } from './until.ts'
import { createWorlds, type World } from './world.ts'

const newWorld = createWorlds()
const note = createFigures('the life of a page')

const isLive = ({ connection, lines }: ShownCard): boolean => connection === 'live' && lines.length > 2
const isOver = ({ status, lines }: ShownCard): boolean => status === 'Completed' && lines.length === 40

/** Waits until the task has written some lines more. */
async function passTime(world: World, task: string): Promise<void> {
  const before = await world.countLines(task)
  await until(async () => (await world.countLines(task)) > before + 5)
}

/** Waits until the page is live again and shows all that was written before; milliseconds since now. */
async function catchesUp(
  world: World,
  task: string,
  screen: Screen,
  wake: () => Promise<unknown>,
): Promise<number> {
  const told = await world.countLines(task)
  const sinceMs = Date.now()
  await wake()
  const shown = await screen.until((card) => isLive(card) && card.lines.length >= told, { sinceMs })
  return shown.atMs - sinceMs
}

async function expectWholeEnd(world: World, screen: Screen): Promise<void> {
  world.endTasks()
  expect((await screen.until(isOver)).lines).toEqual(linesUpTo(40))
}

describe('a page that is frozen', () => {
  test('lets its stream go, and shows what happened meanwhile when it lives again', async () => {
    const world = await newWorld()
    const task = await world.startTask()
    const screen = await world.open({ task })
    await screen.until(isLive)
    const thaw = await screen.freeze()
    await until(() => world.simulator.counters.openStreams === 0)
    await passTime(world, task)
    const ms = await catchesUp(world, task, screen, thaw)
    note('frozen: right after', ms)
    expect(ms).toBeLessThan(5000)
    await expectWholeEnd(world, screen)
    expect(world.simulator.counters).toMatchObject({ streamsOpened: 2, openStreams: 0 })
  })

  test('shows the end that it slept through', async () => {
    const world = await newWorld()
    const screen = await world.open({ task: await world.startTask() })
    await screen.until(isLive)
    const thaw = await screen.freeze()
    await until(() => world.simulator.counters.openStreams === 0)
    world.endTasks()
    const sinceMs = Date.now()
    await thaw()
    const { atMs, lines } = await screen.until(isOver, { sinceMs })
    note('frozen over the end: right after', atMs - sinceMs)
    expect(atMs - sinceMs).toBeLessThan(5000)
    expect(lines).toEqual(linesUpTo(40))
  })
})

describe('a page behind another one', () => {
  test.each([
    ['keeps its stream', 'keep', 1],
    ['lets its stream go where it is told to', 'disconnect', 2],
  ])('%s', async (_what, whenHidden, streamCount) => {
    const world = await newWorld()
    const task = await world.startTask()
    const screen = await world.open({ task, whenHidden })
    await screen.until(isLive)
    const show = await screen.hide()
    await until(() => screen.page.evaluate(() => document.visibilityState === 'hidden'))
    await passTime(world, task)
    expect(world.simulator.counters.openStreams).toBe(whenHidden === 'keep' ? 1 : 0)
    const ms = await catchesUp(world, task, screen, show)
    note(`hidden (${whenHidden}): right after`, ms)
    expect(ms).toBeLessThan(5000)
    await expectWholeEnd(world, screen)
    expect(world.simulator.counters).toMatchObject({ streamsOpened: streamCount, openStreams: 0 })
  })
})

test('a page that comes out of the back-forward cache goes on', async () => {
  const world = await newWorld()
  const task = await world.startTask()
  const screen = await world.open({ task })
  await screen.until(isLive)
  const bornAtMs = await screen.page.evaluate(() => performance.timeOrigin)
  await screen.page.goto(new URL('/elsewhere', screen.page.url()).href)
  await until(() => world.simulator.counters.openStreams === 0)
  await passTime(world, task)
  const ms = await catchesUp(world, task, screen, () => screen.page.goBack({ waitUntil: 'commit' }))
  note('left and come back: right after', ms)
  expect(ms).toBeLessThan(5000)
  // The same page as before, and no new one.
  expect(await screen.page.evaluate(() => performance.timeOrigin)).toBe(bornAtMs)
  await expectWholeEnd(world, screen)
})

test('a page that is loaded again finds its run again, and starts nothing', async () => {
  const world = await newWorld()
  const screen = await world.open({ app: 'acme/flux' })
  const before = await screen.until(isLive)
  const sinceMs = Date.now()
  await screen.page.reload()
  const back = await screen.until(isLive)
  note('loaded again: live after', back.atMs - sinceMs)
  expect(back.lines.length).toBeGreaterThanOrEqual(before.lines.length)
  await expectWholeEnd(world, screen)
  const { counters } = world.simulator
  expect({ runs: counters.runs, asked: counters.requests.run }).toEqual({ runs: 1, asked: 1 })
})

/** Two tabs share one stream, in a real browser: when the one that has it goes, the other goes on. */
import { describe, expect, test } from 'vitest'
import { createFigures } from './figures.ts'
import { linesUpTo } from './long-task.ts'
import type { ShownCard } from './screen-history.ts'
import type { Screen } from './screen.ts'
import { until } from './until.ts'
import { createWorlds, type World } from './world.ts'

const newWorld = createWorlds()
const note = createFigures('two tabs')

const isLive = ({ connection, lines }: ShownCard): boolean => connection === 'live' && lines.length > 2
const isOver = ({ status, lines }: ShownCard): boolean => status === 'Completed' && lines.length === 40

interface TwoTabs {
  readonly world: World
  readonly task: string
  /** Has the stream. */
  readonly leader: Screen
  readonly follower: Screen
}

async function openTwoTabs(): Promise<TwoTabs> {
  const world = await newWorld()
  const task = await world.startTask()
  const leader = await world.open({ task, shareTabs: true })
  await leader.until(isLive)
  const follower = await world.open({ task, shareTabs: true })
  await follower.until(isLive)
  expect(world.simulator.counters).toMatchObject({ streamsOpened: 1, openStreams: 1 })
  return { world, task, leader, follower }
}

/** Milliseconds from `sinceMs` until the tab shows a line that was written later. */
async function goesOn({ world, task, follower }: TwoTabs, sinceMs: number): Promise<number> {
  const told = await world.countLines(task)
  const shown = await follower.until(({ lines }) => lines.length > told, { sinceMs })
  return shown.atMs - sinceMs
}

async function end({ world, follower }: TwoTabs): Promise<void> {
  await follower.page.bringToFront()
  world.endTasks()
  expect((await follower.until(isOver)).lines).toEqual(linesUpTo(40))
}

test('two tabs show one task by one stream', async () => {
  const tabs = await openTwoTabs()
  const { world, leader } = tabs
  await goesOn(tabs, Date.now())
  await end(tabs)
  await leader.page.bringToFront()
  expect((await leader.until(isOver)).lines).toEqual(linesUpTo(40))
  expect(world.simulator.counters).toMatchObject({ streamsOpened: 1, openStreams: 0 })
})

describe('when the tab that has the stream', () => {
  test.each<[string, (leader: Screen) => Promise<unknown>, number]>([
    ['is closed', (leader) => leader.page.close(), 3000],
    ['is left for another page', (leader) => leader.page.goto('about:blank'), 3000],
    ['crashes', (leader) => leader.crash(), 3000],
    ['hangs', (leader) => leader.hang(), 12_000],
  ])('%s, the other one goes on', async (what, go, limitMs) => {
    const tabs = await openTwoTabs()
    await go(tabs.leader)
    const goneAtMs = Date.now()
    const ms = await goesOn(tabs, goneAtMs)
    note(`the tab that has the stream ${what}: next line after`, ms)
    expect(ms).toBeLessThan(limitMs)
    await end(tabs)
    expect(tabs.world.simulator.counters.streamsOpened).toBe(2)
  })

  test('is frozen, the other one goes on, and that one too when it lives again', async () => {
    const tabs = await openTwoTabs()
    const { world, task, leader } = tabs
    const goneAtMs = Date.now()
    const thaw = await leader.freeze()
    const ms = await goesOn(tabs, goneAtMs)
    note('the tab that has the stream is frozen: next line after', ms)
    expect(ms).toBeLessThan(3000)
    await until(() => world.simulator.counters.openStreams === 1)

    const thawedAtMs = Date.now()
    await thaw()
    const told = await world.countLines(task)
    const back = await leader.until((card) => isLive(card) && card.lines.length >= told)
    note('and lives again: right after', back.atMs - thawedAtMs)
    await end(tabs)
    await leader.page.bringToFront()
    expect((await leader.until(isOver)).lines).toEqual(linesUpTo(40))
    expect(world.simulator.counters).toMatchObject({ streamsOpened: 2, openStreams: 0 })
  })
})

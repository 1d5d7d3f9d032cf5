/** Thirty tasks on one page over HTTP/1.1, where a browser has six connections to a server for everything. */
import { expect, test } from 'vitest'
import { createFigures } from './figures.ts'
import { linesUpTo, longTask } from './long-task.ts'
import type { Screen } from './screen.ts'
import { until } from './until.ts'
import { createWorlds, type World } from './world.ts'

const newWorld = createWorlds()
const note = createFigures('thirty tasks on one page')

const names = Array.from({ length: 30 }, (_, index) => `task ${index + 1}, line`)
const lineCount = 5

async function openThirty(): Promise<{ readonly world: World; readonly screen: Screen }> {
  const world = await newWorld({
    latencyMs: 20,
    script: ({ input }) => longTask({ lines: lineCount, everyMs: 1000, name: nameOf(input) }),
  })
  const tasks = await Promise.all(names.map((name) => world.startTask(name)))
  const screen = await world.open({ task: tasks })
  for (const index of names.keys()) {
    await screen.until(({ connection }) => connection === 'live' || connection === 'polling', { index })
  }
  return { world, screen }
}

function nameOf(input: unknown): string {
  return typeof input === 'object' && input !== null && 'name' in input ? String(input.name) : ''
}

test('thirty tasks take four streams and one connection more, so that a click is answered at once', async () => {
  const { world, screen } = await openThirty()
  const { traffic } = world
  await until(() => world.simulator.counters.openStreams === 4)
  traffic.forget()
  const { page } = screen
  const button = page.getByRole('button', { name: 'Ask for a status' })
  const answers = page.locator('output')
  const waits: number[] = []
  for (let count = 1; count <= 10; count++) {
    const askedAtMs = performance.now()
    await button.click()
    await until(async () => (await answers.textContent())?.split(' ').length === count)
    waits.push(performance.now() - askedAtMs)
  }
  note('a click is answered after', waits.toSorted((a, b) => a - b)[5] ?? 0)
  note('a click is answered after, at the longest', Math.max(...waits))
  expect(await answers.textContent()).toBe(Array.from(waits, () => 'running').join(' '))
  expect(Math.max(...waits)).toBeLessThan(2000)
  expect(traffic.mostStreams).toBe(4)
  expect(traffic.mostQuestions).toBeLessThanOrEqual(2)

  const endedAtMs = Date.now()
  world.endTasks()
  let lastMs = 0
  for (const [index, name] of names.entries()) {
    const card = await screen.until(
      ({ status, lines }) => status === 'Completed' && lines.length === lineCount,
      { index },
    )
    expect(card.lines).toEqual(linesUpTo(lineCount, name))
    lastMs = Math.max(lastMs, card.atMs - endedAtMs)
  }
  note('all have ended after', lastMs)
  expect(world.simulator.counters.openStreams).toBe(0)
})

test('the tasks on the screen have the streams, wherever it is scrolled to', async () => {
  const { world, screen } = await openThirty()
  for (const place of ['the end', 'the middle', 'the start']) {
    await screen.page.evaluate((where) => {
      const share = { 'the end': 1, 'the middle': 0.5, 'the start': 0 }[where] ?? 0
      window.scrollTo({ top: share * document.documentElement.scrollHeight, behavior: 'instant' })
    }, place)
    const scrolledAtMs = Date.now()
    const inView = await cardsInView(screen)
    expect(inView.length, place).toBeGreaterThan(0)
    expect(inView.length, place).toBeLessThan(4)
    const shown = await Promise.all(
      inView.map((index) => screen.until(({ connection }) => connection === 'live', { index })),
    )
    // A stream that was given up is open for the server until it hears of it.
    await until(() => world.simulator.counters.openStreams === 4)
    note(`scrolled to ${place}: live after`, Math.max(...shown.map(({ atMs }) => atMs)) - scrolledAtMs)
  }
})

/** The indexes of the cards of which something is on the screen. */
async function cardsInView({ page }: Screen): Promise<readonly number[]> {
  return page.evaluate(() =>
    Array.from(document.querySelectorAll('[data-slot=task-progress]')).flatMap((card, index) => {
      const { top, bottom } = card.getBoundingClientRect()
      return bottom > 0 && top < innerHeight ? [index] : []
    }),
  )
}

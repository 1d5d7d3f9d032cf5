/** @vitest-environment node */
import { QueryClient } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { renderToReadableStream, renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { createHookWorld } from '../test/hook-world.tsx'
import { atFirst, endedTask, EveryHook } from '../test/pages.tsx'
import { taskKeys } from './query/task-keys.ts'

function createServerWorld() {
  const queryClient = new QueryClient()
  queryClient.setQueryData(taskKeys.task(endedTask.id), endedTask)
  const world = createHookWorld({}, { queryClient })
  const page = (
    <StrictMode>
      <world.Page>
        <EveryHook ended="ended" running="running" />
      </world.Page>
    </StrictMode>
  )
  return { world, page }
}

/** Timers of the system that would keep a process alive. */
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

it('a server has no document', () => {
  expect(typeof document).toBe('undefined')
})

it('a server renders what is known, asks nothing, opens nothing and leaves no timer', async () => {
  const before = timers()
  const { world, page } = createServerWorld()
  expect(renderToString(page).replaceAll('<!-- -->', '')).toBe(atFirst)
  expect(world.clock.pendingCount).toBe(0)
  expect(timers()).toBe(before)
  await world.clock.advance(60_000)
  expect(world.server.requests).toEqual([])
  expect(world.storage.entries.size).toBe(0)
})

it('a server that streams renders the same', async () => {
  const { world, page } = createServerWorld()
  const stream = await renderToReadableStream(page)
  expect((await new Response(stream).text()).replaceAll('<!-- -->', '')).toBe(atFirst)
  expect(world.clock.pendingCount).toBe(0)
  expect(world.server.requests).toEqual([])
})

it('two requests share nothing', () => {
  const { page } = createServerWorld()
  renderToString(page)
  const other = createHookWorld()
  const html = renderToString(
    <other.Page>
      <EveryHook ended="ended" running="running" />
    </other.Page>,
  )
  expect(html).toContain('<li>idle<!-- --> <!-- -->0<!-- --> <!-- -->true</li>')
})

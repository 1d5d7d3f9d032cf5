import { taskScript } from '@taskstream/core/testing'
import { QueryClient } from '@tanstack/react-query'
import { act, render } from '@testing-library/react'
import { Suspense } from 'react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it, onTestFinished } from 'vitest'
import { config, createHookWorld } from '../test/hook-world.tsx'
import { atFirst, endedTask, EveryHook } from '../test/pages.tsx'
import { taskKeys } from './query/task-keys.ts'
import { useTask } from './use-task.ts'
import { useTaskStream } from './use-task-stream.ts'

function createQueryClient(): QueryClient {
  const queryClient = new QueryClient()
  queryClient.setQueryData(taskKeys.task(endedTask.id), endedTask)
  return queryClient
}

it('takes over what a server rendered without a difference, then lives', async () => {
  const server = createHookWorld({ script: taskScript.endless() }, { queryClient: createQueryClient() })
  const id = await server.startElsewhere()
  const page = <EveryHook ended="ended" running={id} />
  const container = document.createElement('div')
  container.innerHTML = renderToString(<server.Page>{page}</server.Page>)
  expect(container.innerHTML.replaceAll('<!-- -->', '')).toBe(atFirst)
  const browser = server.openPage({ queryClient: createQueryClient() })
  // Noise fails this test, and a mismatch is noise.
  render(page, { wrapper: browser.Page, container: document.body.appendChild(container), hydrate: true })
  await server.advance(1000)
  expect(container).toHaveTextContent('runningidlerunning runningcompleted 1 falserunning falserunning')
  expect(server.server.counters).toMatchObject({ openStreams: 3, runs: 3 })
})

it('takes over without a difference where the page already knows more than the server did', async () => {
  const world = createHookWorld({ script: taskScript.endless() }, { queryClient: createQueryClient() })
  function Run(): string {
    const { id, status } = useTaskStream(config)
    return `${id === null ? 'new' : 'known'} ${status}`
  }
  const first = render(<Run />, { wrapper: world.Page })
  await world.advance(1000)
  expect(first.container).toHaveTextContent('known running')
  const id = world.client.follow.run(config).live.getState().task.id ?? ''
  function Island(): string {
    const run = useTaskStream(config)
    const task = useTask(id)
    return `${run.status} ${task.status} ${task.isLoading}`
  }
  const server = createHookWorld()
  const html = renderToString(
    <server.Page>
      <Suspense>
        <Island />
      </Suspense>
    </server.Page>,
  )
  const container = document.body.appendChild(document.createElement('div'))
  container.innerHTML = html
  expect(container).toHaveTextContent('idle idle true')
  const differences: unknown[] = []
  await act(async () => {
    const root = hydrateRoot(
      container,
      <world.Page>
        <Suspense>
          <Island />
        </Suspense>
      </world.Page>,
      { onRecoverableError: (error) => differences.push(error) },
    )
    onTestFinished(() => act(() => root.unmount()))
  })
  await world.advance(1000)
  expect(differences).toEqual([])
  expect(container).toHaveTextContent('running running false')
  expect(world.server.counters).toMatchObject({ runs: 1, streamsOpened: 1 })
})

import { taskScript } from '@taskstream/core/testing'
import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { API, config, createHookWorld } from '../../test/hook-world.tsx'
import { showTask } from '../../test/shown-task.ts'
import { Cancel } from './cancel.tsx'
import { Label } from './label.tsx'
import { Retry } from './retry.tsx'
import { Root } from './root.tsx'
import { Status } from './status.tsx'

test('a config is started and followed to its end, with the callbacks of the hook', async () => {
  const world = createHookWorld()
  const onFinish = vi.fn()
  render(
    <Root config={config} runKey="first" timeout={60_000} onFinish={onFinish} title="more">
      <Label />
      <Status />
    </Root>,
    { wrapper: world.Page },
  )
  await world.advance(1000)
  const group = screen.getByRole('group', { name: 'acme/flux' })
  expect(group).toHaveAttribute('data-phase', 'success')
  expect(group).toHaveAttribute('title', 'more')
  expect(onFinish).toHaveBeenCalledTimes(1)
  expect(group.getAttributeNames()).not.toEqual(expect.arrayContaining(['timeout', 'runkey']))
})

test('a task id is followed, and has nothing to try again', async () => {
  const world = createHookWorld({ script: taskScript.fails({ stepMs: 10, error: 'no space' }) })
  const id = await world.startElsewhere()
  const onError = vi.fn()
  render(
    <Root taskId={id} onError={onError}>
      <Status />
      <Retry />
    </Root>,
    { wrapper: world.Page },
  )
  await waitFor(() => expect(screen.getByRole('group')).not.toHaveAttribute('data-phase', 'idle'))
  await world.advance(1000)
  expect(screen.getByRole('group')).toHaveAttribute('data-phase', 'error')
  expect(onError).toHaveBeenCalledTimes(1)
  expect(screen.queryByRole('button')).toBeNull()
})

test.each([{ config: null }, { taskId: null }, { taskId: undefined }])(
  'with %o it waits for something to show',
  (nothing) => {
    const world = createHookWorld()
    render(
      <Root {...nothing}>
        <Cancel />
      </Root>,
      { wrapper: world.Page },
    )
    expect(screen.getByRole('group', { name: 'Task' })).toHaveAttribute('data-phase', 'idle')
    expect(screen.queryByRole('button')).toBeNull()
  },
)

test('the result of a hook is shown without a provider', () => {
  render(
    <Root task={showTask({ status: 'queued', app: 'acme/flux' })}>
      <Label>Portrait</Label>
    </Root>,
  )
  expect(screen.getByRole('group', { name: 'Portrait' })).toHaveAttribute('data-status', 'queued')
})

test('without a Label the app or a word of ours names the group', () => {
  const { rerender } = render(<Root task={showTask({ app: 'acme/flux' })} />)
  expect(screen.getByRole('group')).toHaveAttribute('aria-label', 'acme/flux')
  rerender(<Root task={showTask()} labels={{ task: 'Aufgabe' }} />)
  expect(screen.getByRole('group')).toHaveAttribute('aria-label', 'Aufgabe')
})

test('with asChild the announcer stands inside the child', () => {
  render(
    <Root asChild task={showTask()}>
      <main>
        <Status />
      </main>
    </Root>,
  )
  const group = screen.getByRole('group')
  expect(group.tagName).toBe('MAIN')
  expect(group).toContainElement(screen.getByRole('status'))
})

test('after a reload, a run that the server does not know any more can be tried again', async () => {
  const world = createHookWorld({ script: taskScript.endless() })
  const shown = (
    <Root config={config}>
      <Status />
      <Cancel />
      <Retry />
    </Root>
  )
  const { unmount } = render(shown, { wrapper: world.Page })
  await world.advance(1000)
  unmount()
  world.client.close()
  const { path } = world.server.requests.find(({ route }) => route === 'stream') ?? { path: '' }
  await world.server(`${API}${path.replace('/stream', '')}`, { method: 'DELETE' })
  render(shown, { wrapper: world.openPage().Page })
  await world.advance(60_000)
  expect(screen.getByRole('group')).toHaveTextContent('Not available')
  expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull()
  expect(world.server.counters.runs).toBe(1)
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await world.advance(1000)
  expect(screen.getByRole('group')).toHaveTextContent('Running')
  expect(world.server.counters.runs).toBe(2)
})

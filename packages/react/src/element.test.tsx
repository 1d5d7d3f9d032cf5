import { render } from '@testing-library/react'
import { createRef, version } from 'react'
import { expect, test, vi } from 'vitest'
import { showTask } from '../test/shown-task.ts'
import { Root } from './task-progress/root.tsx'
import { Status } from './task-progress/status.tsx'

test('a ref of the own element is told once that it is there and once that it is gone, however often a part renders', () => {
  const theirs = vi.fn<(element: Element | null) => void>()
  const ours = createRef<HTMLSpanElement>()
  const show = (value: number) => (
    <Root task={showTask({ status: 'running', progress: { value } })}>
      <Status ref={ours} render={<b ref={theirs} />} />
    </Root>
  )
  const { rerender, unmount } = render(show(0), { reactStrictMode: false })
  const element = document.querySelector('b')
  for (const value of [0.2, 0.4, 0.6]) rerender(show(value))
  expect(theirs.mock.calls).toEqual([[element]])
  expect(ours.current).toBe(element)
  unmount()
  expect(theirs.mock.calls).toEqual([[element], [null]])
  expect(ours.current).toBeNull()
})

test.runIf(Number.parseInt(version, 10) >= 19)('a ref that gives what ends it is ended by that', () => {
  const end = vi.fn()
  const theirs = vi.fn<(element: Element | null) => () => void>(() => end)
  const ours = createRef<HTMLSpanElement>()
  const { unmount } = render(
    <Root task={showTask({ status: 'running' })}>
      <Status ref={ours} render={<b ref={theirs} />} />
    </Root>,
    { reactStrictMode: false },
  )
  unmount()
  expect(theirs).toHaveBeenCalledTimes(1)
  expect(end).toHaveBeenCalledTimes(1)
  expect(ours.current).toBeNull()
})

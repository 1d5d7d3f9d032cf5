import { fireEvent, render, screen } from '@testing-library/react'
import { taskStatuses } from '@taskstream/core'
import { expect, test, vi } from 'vitest'
import { showTask } from '../../test/shown-task.ts'
import { Retry } from './retry.tsx'
import { Root } from './root.tsx'

test.each(taskStatuses)('a %s task can be tried again only when it ended badly', (status) => {
  const retry = vi.fn()
  render(
    <Root task={showTask({ status }, { retry })}>
      <Retry />
    </Root>,
  )
  const buttons = screen.queryAllByRole('button', { name: 'Try again' })
  expect(buttons).toHaveLength(status === 'failed' || status === 'cancelled' ? 1 : 0)
  for (const button of buttons) fireEvent.click(button)
  expect(retry).toHaveBeenCalledTimes(buttons.length)
})

test('where there is no config there is nothing to try again', () => {
  render(
    <Root task={showTask({ status: 'failed' })}>
      <Retry />
    </Root>,
  )
  expect(screen.queryByRole('button')).toBeNull()
})

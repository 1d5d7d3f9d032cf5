import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { TaskProgress } from './task-progress.tsx'

const card = (facts: TaskFacts) => (
  <TaskProgress task={showTask(facts, { retry: () => {} })} label="A task" output={false} />
)

test('the keyboard stays in the card, and on no other button, when the button that had it goes away', () => {
  const { rerender } = render(card({ status: 'running' }))
  const focus = (name: string): void => screen.getByRole('button', { name }).focus()
  focus('Cancel')
  rerender(card({ status: 'cancelling' }))
  expect(screen.getByRole('button', { name: 'Cancelling' })).toHaveFocus()
  rerender(card({ status: 'cancelled' }))
  expect(screen.getByRole('group', { name: 'A task' })).toHaveFocus()
  focus('Try again')
  rerender(card({ status: 'queued' }))
  expect(screen.getByRole('group', { name: 'A task' })).toHaveFocus()
})

test('the keyboard is left alone when it is elsewhere', () => {
  const both = (facts: TaskFacts) => (
    <>
      <input aria-label="Elsewhere" />
      {card(facts)}
    </>
  )
  const { rerender } = render(both({ status: 'running' }))
  screen.getByRole('button', { name: 'Cancel' }).focus()
  screen.getByRole('textbox').focus()
  rerender(both({ status: 'cancelled' }))
  expect(screen.getByRole('textbox')).toHaveFocus()
})

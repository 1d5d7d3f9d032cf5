import { StreamError } from '@taskstream/core'
import { render, screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { showTask, type TaskFacts } from '../../test/shown-task.ts'
import { ErrorPart } from './error.tsx'
import { Root } from './root.tsx'

function show(facts: TaskFacts): HTMLElement | null {
  render(
    <Root task={showTask(facts)}>
      <ErrorPart />
    </Root>,
  )
  return document.querySelector('[data-slot="task-progress-error"]')
}

test('while all is well there is nothing', () => {
  expect(show({ status: 'running' })).toBeNull()
})

test('a failed task shows the server’s words as they are, and never as markup', () => {
  const error = 'line one\n  <b>line two</b>'
  const element = show({ status: 'failed', error })
  expect(element).toHaveAttribute('data-code', 'task-failed')
  expect(element?.querySelector('[data-slot="task-progress-error-text"]')?.textContent).toBe(error)
  expect(element?.querySelector('b')).toBeNull()
  expect(screen.getByText('The task failed')).toBeVisible()
})

test('a failure without a word says that there was none', () => {
  expect(show({ status: 'failed', error: '' })).toHaveTextContent('The server gave no reason.')
})

test('another error shows what happened and how to fix it, without the code in brackets', () => {
  const error = new StreamError('payment-required', 'The balance is used up. Top it up, then run again.')
  const element = show({ submission: { status: 'rejected', error } })
  expect(element).toHaveAttribute('data-code', 'payment-required')
  expect(element).toHaveTextContent('A payment is neededThe balance is used up. Top it up, then run again.')
})

test('the server’s own words are shown once, without our advice around them', () => {
  const error = new StreamError(
    'payment-required',
    'The account cannot pay (HTTP 402): Add a card. Add one.',
    {
      detail: 'Add a card to run paid apps',
    },
  )
  const element = show({ submission: { status: 'rejected', error } })
  expect(element).toHaveTextContent(/^A payment is neededAdd a card to run paid apps$/)
})

test('what the server wants first is a list', () => {
  const requirements = [
    { type: 'secret', key: 'HF_TOKEN', message: 'A token for the model.', action: null },
    { type: 'integration', key: 'drive', message: 'Connect a drive.', action: null },
  ]
  const error = new StreamError('requirements', 'Two things are missing.', { requirements })
  const element = show({ submission: { status: 'rejected', error } })
  expect(element).not.toHaveTextContent('Two things are missing.')
  expect(screen.getByRole('list', { name: 'What is needed' })).toBeVisible()
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual([
    'HF_TOKEN A token for the model.',
    'drive Connect a drive.',
  ])
})

test('a long text scrolls in a box that the keyboard reaches', () => {
  show({ status: 'failed', error: 'x\n'.repeat(40) })
  expect(screen.getByRole('region', { name: 'The task failed' })).toHaveAttribute('tabindex', '0')
})

test('it is no alert: the root speaks', () => {
  show({ status: 'failed', error: 'no' })
  expect(screen.queryByRole('alert')).toBeNull()
})

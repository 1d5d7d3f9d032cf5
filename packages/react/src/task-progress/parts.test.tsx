import { selectStages } from '@taskstream/core'
import { cleanup, fireEvent, render } from '@testing-library/react'
import { createRef, type CSSProperties, type ReactElement } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { showTask } from '../../test/shown-task.ts'
import type { RenderProps } from '../element.tsx'
import type { TaskProgressState } from './context.tsx'
import type { ShownTask } from './shown-task.ts'
import * as TaskProgress from './index.ts'

const running = showTask({
  status: 'running',
  seen: [{ status: 'running', at: 1000 }],
  connection: { state: 'live' },
  progress: { value: 0.4, etaMs: 20_000, reportedAt: 5000 },
  logs: ['one'],
  partialOutput: 'so far',
})
const failed = showTask({ status: 'failed', error: 'out of memory' }, { retry: () => {} })
const completed = showTask({ status: 'completed', output: 'a fox' })
const [stage] = selectStages(running.view.task)
if (stage === undefined) throw new Error('A task has no stages.')

/** A part with `props`, whose types differ by tag and are of no interest here. */
type ShowPart = (props: object) => ReactElement

const parts: readonly (readonly [name: string, slot: string, tag: string, ShowPart, ShownTask])[] = [
  ['Status', 'status', 'SPAN', (props) => <TaskProgress.Status {...props} />, running],
  ['Bar', 'bar', 'DIV', (props) => <TaskProgress.Bar {...props} />, running],
  ['Track', 'track', 'DIV', (props) => <TaskProgress.Track {...props} />, running],
  ['Indicator', 'indicator', 'DIV', (props) => <TaskProgress.Indicator {...props} />, running],
  ['Label', 'label', 'SPAN', (props) => <TaskProgress.Label {...props} />, running],
  ['Percent', 'percent', 'SPAN', (props) => <TaskProgress.Percent {...props} />, running],
  ['Eta', 'eta', 'SPAN', (props) => <TaskProgress.Eta {...props} />, running],
  ['Elapsed', 'elapsed', 'TIME', (props) => <TaskProgress.Elapsed {...props} />, running],
  ['Stages', 'stages', 'OL', (props) => <TaskProgress.Stages {...props} />, running],
  ['Stage', 'stage', 'LI', (props) => <TaskProgress.Stage stage={stage} {...props} />, running],
  ['Logs', 'logs', 'DIV', (props) => <TaskProgress.Logs {...props} />, running],
  ['PartialOutput', 'partial-output', 'DIV', (props) => <TaskProgress.PartialOutput {...props} />, running],
  ['Output', 'output', 'DIV', (props) => <TaskProgress.Output {...props} />, completed],
  ['Error', 'error', 'DIV', (props) => <TaskProgress.Error {...props} />, failed],
  ['Cancel', 'cancel', 'BUTTON', (props) => <TaskProgress.Cancel {...props} />, running],
  ['Retry', 'retry', 'BUTTON', (props) => <TaskProgress.Retry {...props} />, failed],
  ['Connection', 'connection', 'DIV', (props) => <TaskProgress.Connection {...props} />, running],
]
const everything: typeof parts = [
  ...parts,
  ['Root', '', 'DIV', (props) => <TaskProgress.Root task={running} {...props} />, running],
]

beforeEach(() => void vi.useFakeTimers({ now: 6000 }))
afterEach(() => void vi.useRealTimers())

describe.each(everything)('%s', (name, slotName, tag, show, task) => {
  const slot = slotName === '' ? 'task-progress' : `task-progress-${slotName}`
  const find = (): HTMLElement => {
    const found = document.querySelectorAll<HTMLElement>(`[data-slot="${slot}"]`)
    expect(found).toHaveLength(1)
    const [element] = found
    if (element === undefined) throw new Error('Nothing was rendered.')
    return element
  }
  const mount = (props: object = {}): HTMLElement => {
    const element = show(props)
    render(name === 'Root' ? element : <TaskProgress.Root task={task}>{element}</TaskProgress.Root>)
    return find()
  }

  test('is its tag, and shows the state of the task in attributes', () => {
    const element = mount()
    expect(element.tagName).toBe(tag)
    expect(element).toHaveAttribute('data-status', task.status)
    expect(element).toHaveAttribute('data-phase', task.phase)
    expect(element).toHaveAttribute('data-connection', task.connection.state)
  })

  test('passes its ref and unknown props on', () => {
    const ref = createRef<HTMLElement>()
    const element = mount({ ref, title: 'more', 'data-test': 'yes' })
    expect(ref.current).toBe(element)
    expect(element).toHaveAttribute('title', 'more')
    expect(element).toHaveAttribute('data-test', 'yes')
  })

  test('takes className and style as they are, or as functions of the state', () => {
    expect(mount({ className: 'plain', style: { order: 2 } })).toHaveClass('plain')
    expect(find().style.order).toBe('2')
    cleanup()
    mount({
      className: ({ phase }: TaskProgressState) => `is-${phase}`,
      style: ({ connection }: TaskProgressState): CSSProperties => ({ order: connection.length }),
    })
    expect(find()).toHaveClass(`is-${task.phase}`)
    expect(find().style.order).toBe(String(task.connection.state.length))
  })

  test('becomes the element that render gives', () => {
    const ref = createRef<HTMLElement>()
    const element = mount({ ref, render: <section className="own" />, className: 'given' })
    expect(element.tagName).toBe('SECTION')
    expect(element).toHaveClass('own', 'given')
    expect(ref.current).toBe(element)
  })

  test('becomes what a render function makes of its props and state', () => {
    const element = mount({
      render: ({ children, ...props }: RenderProps, { status }: TaskProgressState) => (
        <article {...props} data-made-for={status}>
          {children}
        </article>
      ),
    })
    expect(element.tagName).toBe('ARTICLE')
    expect(element).toHaveAttribute('data-made-for', task.status)
  })

  test('runs the handler of the app beside its own', () => {
    const onClick = vi.fn()
    fireEvent.click(mount({ onClick }))
    expect(onClick).toHaveBeenCalledTimes(1)
  })

  // The children of Stages are a function.
  if (name !== 'Stages') {
    test('becomes its only child with asChild', () => {
      const ref = createRef<HTMLElement>()
      const element = mount({ asChild: true, ref, children: <em className="child">mine</em> })
      expect(element.tagName).toBe('EM')
      expect(element).toHaveClass('child')
      expect(element).toHaveTextContent('mine')
      expect(ref.current).toBe(element)
    })
  }

  test('has a name for developer tools', () => {
    const { type } = show({})
    expect(type).toHaveProperty('displayName', `TaskProgress.${name}`)
  })
})

test.each(parts)('%s outside of Root is a mistake that says how to fix it', (name, _slot, _tag, show) => {
  expect(() => render(show({}))).toThrow(
    `[misuse] TaskProgress.${name} was rendered outside of TaskProgress.Root`,
  )
})

test('Root without anything to show is a mistake that says how to fix it', () => {
  const nothing = {} as TaskProgress.RootProps
  expect(() => render(<TaskProgress.Root {...nothing} />)).toThrow(
    '[misuse] TaskProgress.Root was given neither config, taskId nor task',
  )
})

import type { Meta, StoryObj } from '@storybook/react-vite'
import type { RunConfig } from '@taskstream/core'
import { taskScript } from '@taskstream/core/testing'
import {
  useTask,
  useTasks,
  useTaskStream,
  useTaskStreams,
  useTaskValue,
  type TaskInfo,
} from '@taskstream/react'
import { useEffect, useState, type ReactNode } from 'react'
import { expect, waitFor } from 'storybook/test'
import { Counted } from './counted.tsx'
import { simulated, simulatorOf, startElsewhere, useSimulator } from './simulated.tsx'

const meta: Meta = { title: 'Hooks' }
export default meta

type Story = StoryObj

const config: RunConfig = { app: 'acme/story', input: { prompt: 'A fox in the snow' } }
const patience = { timeout: 10_000 }

/** `useTaskStream(config)` starts the task and watches it. Its result is everything that a component may want to show. */
export const TaskStream: Story = {
  name: 'useTaskStream',
  decorators: [simulated({ simulator: { script: taskScript.usual({ stepMs: 60 }) } })],
  render: () => <TaskStreamStory />,
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByText('completed', {}, patience)
    await expect(canvas.getByText('100%')).toBeVisible()
    await expect(simulatorOf(canvasElement).counters.runs).toBe(1)
  },
}

/** `useTaskStream(null)` waits until `start(config)`. Each start is a task of its own. */
export const ByHand: Story = {
  name: 'useTaskStream, started by hand',
  decorators: [simulated({ simulator: { script: taskScript.usual({ stepMs: 40 }) } })],
  render: () => <ByHandStory />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    const { counters } = simulatorOf(canvasElement)
    await expect(canvas.getByText('unknown')).toBeVisible()
    await expect(counters.runs).toBe(0)
    await userEvent.click(canvas.getByRole('button', { name: 'Start' }))
    await canvas.findByText('completed', {}, patience)
    await userEvent.click(canvas.getByRole('button', { name: 'Start' }))
    await waitFor(() => expect(counters.runs).toBe(2))
    await canvas.findByText('completed', {}, patience)
  },
}

/** `useTask(id)`, while the task runs: a snapshot, then its line. */
export const TaskLive: Story = {
  name: 'useTask, of a task that runs',
  decorators: [simulated({ simulator: { script: taskScript.usual({ stepMs: 60 }) } })],
  render: () => <TaskLiveStory />,
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByText('completed', {}, patience)
    await expect(simulatorOf(canvasElement).counters.streamsOpened).toBe(1)
  },
}

/** `useTask(id)`, of a task that has ended: asked once, kept by TanStack Query, and no line is opened. */
export const TaskFromCache: Story = {
  name: 'useTask, of a task that has ended',
  decorators: [
    simulated({ simulator: { script: taskScript.instant({ output: { text: 'It was done before.' } }) } }),
  ],
  render: () => <TaskFromCacheStory />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    const { counters } = simulatorOf(canvasElement)
    await canvas.findByText('completed', {}, patience)
    await userEvent.click(canvas.getByRole('button', { name: 'Unmount it' }))
    await userEvent.click(canvas.getByRole('button', { name: 'Show it again' }))
    await expect(canvas.getByText('completed')).toBeVisible()
    await expect(counters.requests.task).toBe(1)
    await expect(counters.streamsOpened).toBe(0)
  },
}

/** `useTaskValue(id, selector)` renders again only when the selected value changes, here with each quarter of the way. */
export const TaskValue: Story = {
  name: 'useTaskValue',
  decorators: [
    simulated({
      simulator: { script: taskScript.usual({ stepMs: 40, progressSteps: 20, output: { text: 'Done.' } }) },
    }),
  ],
  render: () => <TaskValueStory />,
  play: async ({ canvas }) => {
    await canvas.findByText('completed', {}, patience)
    await canvas.findByText('4 of 4', {}, patience)
    const rendersOf = (name: string): number =>
      Number(canvas.getByLabelText(`Renders of ${name}`).textContent)
    await expect(rendersOf('the quarter')).toBeLessThanOrEqual(8)
    await expect(rendersOf('the whole task')).toBeGreaterThan(rendersOf('the quarter'))
  },
}

/** `useTaskStreams(configs)`: each task's own state, the way of all together, and one button that stops them. */
export const TaskStreams: Story = {
  name: 'useTaskStreams',
  decorators: [
    simulated({
      simulator: { script: ({ input }) => taskScript.usual({ stepMs: paceOf(input) }), cancelMs: 50 },
    }),
  ],
  render: () => <TaskStreamsStory />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    await canvas.findByText('completed', {}, patience)
    await userEvent.click(canvas.getByRole('button', { name: 'Cancel all' }))
    await canvas.findByText('3 of 3 ended', {}, patience)
    await expect(canvas.getAllByText('cancelled')).toHaveLength(2)
    await expect(simulatorOf(canvasElement).counters.runs).toBe(3)
  },
}

/** `useTasks()`: every task that this client knows, whoever follows it. `follow` connects those that nobody does. */
export const Tasks: Story = {
  name: 'useTasks',
  decorators: [
    simulated({
      simulator: { script: ({ input }) => taskScript.usual({ stepMs: paceOf(input) }), cancelMs: 50 },
    }),
  ],
  render: () => <TasksStory />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    const { counters } = simulatorOf(canvasElement)
    await waitFor(() => expect(canvas.getAllByRole('row')).toHaveLength(4), patience)
    await canvas.findByText('completed', {}, patience)
    await userEvent.click(canvas.getByRole('button', { name: 'Unmount those who follow' }))
    await waitFor(() => expect(canvas.getAllByText('idle')).toHaveLength(2), patience)
    await waitFor(() => expect(counters.openStreams).toBe(0), patience)
    await userEvent.click(canvas.getByRole('checkbox', { name: 'follow' }))
    await waitFor(() => expect(canvas.getAllByText('live')).toHaveLength(2), patience)
    await expect(counters.runs).toBe(3)
  },
}

const paces = [20, 2000, 4000] as const
const parallel: readonly RunConfig[] = paces.map((stepMs) => ({ app: 'acme/story', input: { stepMs } }))

function paceOf(input: unknown): number {
  const { stepMs } = input as { readonly stepMs: number }
  return stepMs
}

/** The id of a task that somebody else started; `null` until there is one. */
function useTaskElsewhere(app: string): string | null {
  const simulator = useSimulator()
  const [id, setId] = useState<string | null>(null)
  useEffect(() => {
    let isWanted = true
    void startElsewhere(simulator, app).then((started) => isWanted && setId(started))
    return () => void (isWanted = false)
  }, [simulator, app])
  return id
}

function Existing({ id }: { readonly id: string | null }): ReactNode {
  return <Facts task={useTask(id)} />
}

function Quarter({ id }: { readonly id: string | null }): ReactNode {
  const quarter = useTaskValue(id, (task) => Math.floor((task.progress.value ?? 0) * 4))
  return (
    <section className="story-card">
      <h2>useTaskValue</h2>
      <p>{quarter} of 4</p>
      <Counted name="the quarter" />
    </section>
  )
}

function Whole({ id }: { readonly id: string | null }): ReactNode {
  const { status, progress } = useTask(id)
  return (
    <section className="story-card">
      <h2>useTask</h2>
      <p>
        <span>{status}</span> {progress.value === null ? '' : `${Math.round(progress.value * 100)}%`}
      </p>
      <Counted name="the whole task" />
    </section>
  )
}

function TaskStreamStory(): ReactNode {
  const task = useTaskStream(config)
  return <Facts task={task} />
}

function ByHandStory(): ReactNode {
  const task = useTaskStream(null)
  return (
    <Facts task={task}>
      <div className="story-row">
        <button
          type="button"
          className="story-button"
          disabled={task.isActive}
          onClick={() => task.start(config)}
        >
          Start
        </button>
        <button
          type="button"
          className="story-button"
          disabled={!task.isActive}
          onClick={() => void task.cancel()}
        >
          Cancel
        </button>
      </div>
    </Facts>
  )
}

function TaskLiveStory(): ReactNode {
  const id = useTaskElsewhere('acme/story')
  return <Facts task={useTask(id)} />
}

function TaskFromCacheStory(): ReactNode {
  const id = useTaskElsewhere('acme/story')
  const [isShown, setShown] = useState(true)
  return (
    <div className="story-stack">
      <button type="button" className="story-button" onClick={() => setShown(!isShown)}>
        {isShown ? 'Unmount it' : 'Show it again'}
      </button>
      {isShown && <Existing id={id} />}
    </div>
  )
}

function TaskValueStory(): ReactNode {
  const id = useTaskElsewhere('acme/story')
  return (
    <div className="story-grid">
      <Quarter id={id} />
      <Whole id={id} />
    </div>
  )
}

function TaskStreamsStory(): ReactNode {
  const group = useTaskStreams(parallel)
  const isActive = group.tasks.some((task) => task.isActive)
  return (
    <div className="story-stack">
      <div className="story-grid story-grid-narrow">
        {group.tasks.map((task, index) => (
          <Facts key={paces[index]} task={task} />
        ))}
      </div>
      <div className="story-row">
        <button
          type="button"
          className="story-button"
          disabled={!isActive}
          onClick={() => void group.cancelAll()}
        >
          Cancel all
        </button>
        <span>
          {group.progress.current} of {group.progress.total} ended
        </span>
      </div>
    </div>
  )
}

function TasksStory(): ReactNode {
  const [isFollowed, setFollowed] = useState(true)
  const [follow, setFollow] = useState(false)
  const tasks = useTasks({ follow })
  return (
    <div className="story-stack">
      {isFollowed && <Followed />}
      <section className="story-card">
        <table className="story-table">
          <thead>
            <tr>
              <th scope="col">task</th>
              <th scope="col">status</th>
              <th scope="col">progress</th>
              <th scope="col">connection</th>
            </tr>
          </thead>
          <tbody>
            {tasks.map(({ id, status, progress, connection }) => (
              <tr key={id}>
                <td>
                  <code>{id}</code>
                </td>
                <td>{status}</td>
                <td>{progress.value === null ? 'unknown' : `${Math.round(progress.value * 100)}%`}</td>
                <td>{connection.state}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className="story-row">
        <button type="button" className="story-button" onClick={() => setFollowed(!isFollowed)}>
          {isFollowed ? 'Unmount those who follow' : 'Mount them again'}
        </button>
        <label>
          <input type="checkbox" checked={follow} onChange={(event) => setFollow(event.target.checked)} />{' '}
          follow
        </label>
      </div>
    </div>
  )
}

/** Follows three tasks, and shows nothing of them. */
function Followed(): null {
  useTaskStreams(parallel)
  return null
}

/** What a hook gives, in plain words. */
function Facts({ task, children }: { readonly task: TaskInfo; readonly children?: ReactNode }): ReactNode {
  const { progress } = task
  return (
    <section className="story-card">
      <dl className="story-facts">
        <dt>status</dt>
        <dd>{task.status}</dd>
        <dt>progress</dt>
        <dd>{progress.value === null ? 'unknown' : `${Math.round(progress.value * 100)}%`}</dd>
        <dt>connection</dt>
        <dd>{task.connection.state}</dd>
        <dt>logs</dt>
        <dd>{task.logs.length} lines</dd>
        <dt>output</dt>
        <dd>
          <code>{task.output === null ? '–' : JSON.stringify(task.output)}</code>
        </dd>
      </dl>
      {children}
    </section>
  )
}

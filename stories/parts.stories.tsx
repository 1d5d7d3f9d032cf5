import type { Meta, StoryObj } from '@storybook/react-vite'
import type { RunConfig } from '@taskstream/core'
import { asset, fault, taskScript } from '@taskstream/core/testing'
import * as TaskProgress from '@taskstream/react/task-progress'
import type { ReactNode } from 'react'
import { expect } from 'storybook/test'
import { afterwards, until } from './scripts.ts'
import { simulated } from './simulated.tsx'

const config: RunConfig = { app: 'acme/video', input: { prompt: 'A sunset timelapse' } }

const meta = {
  title: 'Parts/Composition',
  component: TaskProgress.Root,
  argTypes: { children: { control: false }, config: { control: false } },
  tags: ['autodocs'],
  args: { config },
  parameters: {
    docs: {
      description: {
        component:
          'The parts of `<TaskProgress>`, to arrange yourself: `import * as TaskProgress from "@taskstream/react/task-progress"`. Without the stylesheet they are plain elements with `data-` attributes.',
      },
    },
  },
} satisfies Meta<typeof TaskProgress.Root>
export default meta

type Story = StoryObj<typeof meta>

const patience = { timeout: 10_000 }
const logs = ['prompt: A sunset timelapse', 'sampling 96 frames at 1280x720']
const running = until('running', {
  set: { progress: { current: 43, total: 96, stage: 'Rendering frames' } },
  logs,
})
const atWork = simulated({ startedAgoMs: 31_000, simulator: { script: running } })

/** An arrangement of your own. */
export const Composed: Story = {
  decorators: [atWork],
  args: {
    className: 'story-card',
    children: (
      <>
        <div className="story-row">
          <TaskProgress.Label>A sunset timelapse</TaskProgress.Label>
          <span style={{ flex: 1 }} />
          <TaskProgress.Cancel>Stop it</TaskProgress.Cancel>
        </div>
        <TaskProgress.Bar>
          <TaskProgress.Track>
            <TaskProgress.Indicator />
          </TaskProgress.Track>
        </TaskProgress.Bar>
        <div className="story-row">
          <TaskProgress.Percent />
          <TaskProgress.Status />
          <TaskProgress.Elapsed />
        </div>
      </>
    ),
  },
  play: async ({ canvas }) => {
    await canvas.findByText('44%', {}, patience)
    await expect(canvas.getByRole('button', { name: 'Stop it' })).toBeVisible()
    await expect(canvas.getByRole('progressbar', { name: 'A sunset timelapse' })).toHaveAttribute(
      'aria-valuenow',
      '44',
    )
  },
}

/** `render` replaces the element of a part: an element, or a function of its props and of what it shows. */
export const RenderProp: Story = {
  decorators: [atWork],
  args: {
    className: 'story-card',
    children: (
      <>
        <TaskProgress.Label render={<h3 className="story-heading" />}>A sunset timelapse</TaskProgress.Label>
        <TaskProgress.Status
          render={(props, { phase, status }) => <output {...props}>{`${phase}: ${status}`}</output>}
        />
        <TaskProgress.Bar />
      </>
    ),
  },
  play: async ({ canvas }) => {
    await canvas.findByText('running: running', {}, patience)
    await expect(canvas.getByRole('heading', { name: 'A sunset timelapse' })).toBeVisible()
  },
}

/** `className` and `style` may be functions of what a part shows. */
export const ClassNameFunction: Story = {
  decorators: [simulated({ simulator: { script: taskScript.usual({ stepMs: 60 }) } })],
  args: {
    className: ({ phase }) => `story-card story-card-${phase}`,
    children: (
      <>
        <TaskProgress.Status />
        <TaskProgress.Bar style={({ determinate }) => ({ opacity: determinate ? 1 : 0.6 })} />
      </>
    ),
  },
  play: async ({ canvas }) => {
    await canvas.findByText('Completed', {}, patience)
    await expect(canvas.getByRole('group')).toHaveClass('story-card-success')
  },
}

/** `asChild` uses the only child as the element. */
export const AsChild: Story = {
  decorators: [simulated({ simulator: { script: taskScript.endless(), cancelMs: 100 } })],
  args: {
    asChild: true,
    children: (
      <section className="story-card">
        <TaskProgress.Status />
        <TaskProgress.Cancel asChild>
          <button type="button" className="story-button">
            Enough
          </button>
        </TaskProgress.Cancel>
      </section>
    ),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Enough' }, patience))
    await canvas.findByText('Cancelled', {}, patience)
    await expect(canvas.getByRole('group').tagName).toBe('SECTION')
  },
}

/** Each part for itself, while a task runs. */
export const EachAlone: Story = {
  decorators: [atWork],
  args: {
    children: (
      <dl className="story-facts">
        <Named name="Label" part={<TaskProgress.Label />} />
        <Named name="Status" part={<TaskProgress.Status />} />
        <Named name="Bar" part={<TaskProgress.Bar />} />
        <Named name="Percent" part={<TaskProgress.Percent />} />
        <Named name="Elapsed" part={<TaskProgress.Elapsed />} />
        <Named name="Stages" part={<TaskProgress.Stages />} />
        <Named name="Connection" part={<TaskProgress.Connection />} />
        <Named name="Cancel" part={<TaskProgress.Cancel />} />
        <Named name="Logs" part={<TaskProgress.Logs />} />
      </dl>
    ),
  },
  play: async ({ canvas }) => {
    await canvas.findByText('Live', {}, patience)
    await canvas.findByText('sampling 96 frames at 1280x720', {}, patience)
    await expect(canvas.getAllByRole('listitem')).toHaveLength(5)
  },
}

/** The parts that are there after a failure. */
export const EachAloneAfterAFailure: Story = {
  decorators: [
    simulated({
      startedAgoMs: 40_000,
      simulator: { script: afterwards(running, 4000, { status: 'failed', error: 'CUDA out of memory' }) },
    }),
  ],
  args: {
    children: (
      <dl className="story-facts">
        <Named name="Status" part={<TaskProgress.Status />} />
        <Named name="Bar" part={<TaskProgress.Bar />} />
        <Named name="Percent" part={<TaskProgress.Percent />} />
        <Named name="Elapsed" part={<TaskProgress.Elapsed />} />
        <Named name="Stages" part={<TaskProgress.Stages />} />
        <Named name="Error" part={<TaskProgress.Error />} />
        <Named name="Retry" part={<TaskProgress.Retry />} />
      </dl>
    ),
  },
  play: async ({ canvas }) => {
    await canvas.findByText('CUDA out of memory', {}, patience)
    await expect(canvas.getByRole('button', { name: 'Try again' })).toBeVisible()
  },
}

/** The parts that show what came out, while it comes and after. */
export const EachAloneWithOutput: Story = {
  decorators: [
    simulated({
      simulator: {
        script: taskScript.usual({
          stepMs: 80,
          partials: ['A fox', 'A fox went over', 'A fox went over the snow'].map((text) => ({ text })),
          output: {
            text: 'A fox went over the snow.',
            image: { uri: asset('image.png'), filename: 'fox.png' },
          },
        }),
      },
    }),
  ],
  args: {
    children: (
      <dl className="story-facts">
        <Named name="Status" part={<TaskProgress.Status />} />
        <Named name="PartialOutput" part={<TaskProgress.PartialOutput />} />
        <Named name="Output" part={<TaskProgress.Output />} />
      </dl>
    ),
  },
  play: async ({ canvas }) => {
    await canvas.findByRole('group', { name: 'Preview' }, patience)
    await canvas.findByText('A fox went over the snow.', {}, patience)
    await expect(canvas.queryByRole('group', { name: 'Preview' })).toBeNull()
  },
}

/** A line that is tried again at once, when the reader asks for it. */
export const ReconnectNow: Story = {
  decorators: [
    simulated({
      client: { maxRetries: 0 },
      simulator: { script: running, faults: [fault.cutAfterEvents(1, { on: 'stream', how: 'reset' })] },
      startedAgoMs: 31_000,
    }),
  ],
  args: {
    children: (
      <div className="story-row">
        <TaskProgress.Status />
        <TaskProgress.Connection />
      </div>
    ),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Retry now' }, patience))
    await canvas.findByText('Live', {}, patience)
  },
}

function Named({ name, part }: { readonly name: string; readonly part: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{part}</dd>
    </>
  )
}

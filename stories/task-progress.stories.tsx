import type { ArgTypes, Meta, StoryObj } from '@storybook/react-vite'
import { systemClock, type RunConfig } from '@taskstream/core'
import { asset, fault, taskScript, type TaskScript } from '@taskstream/core/testing'
import { TaskProgress, useTaskStreams } from '@taskstream/react'
import type { ReactNode } from 'react'
import { expect, waitFor } from 'storybook/test'
import { germanLabels } from './german-labels.ts'
import { afterwards, until } from './scripts.ts'
import { patientClock, simulated, simulatorOf, type OneScript, type SimulatedOptions } from './simulated.tsx'

const config: RunConfig = { app: 'acme/video', input: { prompt: 'A sunset timelapse' } }

/** A row of the table of props. */
function prop(type: string, description: string): ArgTypes[string] {
  return { description, control: false, table: { type: { summary: type }, defaultValue: {} } }
}

const meta = {
  title: 'TaskProgress',
  component: TaskProgress,
  tags: ['autodocs'],
  args: { config, label: 'A sunset timelapse' },
  argTypes: {
    config: prop('RunConfig | null', 'What to run. The same config, in whatever object, is the same run.'),
    taskId: prop('string | null', 'In place of `config`: a task that exists.'),
    task: prop('TaskStreamResult | TaskResult', 'In place of `config`: what a hook of yours gives.'),
    runKey: prop('string', 'Tells two runs of one config apart.'),
    label: { ...prop('ReactNode', 'Names the task; default the app that runs.'), control: 'text' },
    size: {
      ...prop("'default' | 'compact'", '`compact` is one line and a bar.'),
      control: 'inline-radio',
      options: ['default', 'compact'],
    },
    stages: {
      ...prop('boolean', 'Whether to show the stages and times; `false` when compact.'),
      control: 'boolean',
    },
    output: {
      ...prop('boolean', 'Whether to show the output, before the end too; `false` when compact.'),
      control: 'boolean',
    },
    logs: { ...prop('boolean', 'Whether to show the log; `false` when compact.'), control: 'boolean' },
    defaultLogsOpen: {
      ...prop('boolean', 'Whether the log is unfolded at first; `false`.'),
      control: 'boolean',
    },
    labels: prop('Partial<TaskProgressLabels>', 'Replaces any of the English words.'),
    locale: {
      ...prop('string', "BCP 47 tag for numbers and durations; default the browser's."),
      control: 'text',
    },
    timeout: prop('number', 'Milliseconds until watching stops; the task goes on.'),
    onFinish: prop('(task: Task) => void', 'Called once, when the task has ended in whatever way.'),
  },
  parameters: {
    docs: {
      description: {
        component:
          'A task, from start to end, in one card: `<TaskProgress config={{ app, input }} />`. Each story below runs against a simulated server in this page.',
      },
    },
  },
} satisfies Meta<typeof TaskProgress>
export default meta

type Story = StoryObj<typeof meta>

const patience = { timeout: 10_000 }
const logs = [
  'prompt: A sunset timelapse',
  'loading weights: transformer (11.9 GB)',
  'loading weights: vae (0.3 GB)',
  'sampling 96 frames at 1280x720',
]

interface Standing extends Omit<SimulatedOptions, 'simulator'> {
  readonly simulator?: OneScript
}

/** A task that came as far as its script goes, a few seconds ago, and stays there. */
function standing(
  script: TaskScript,
  shows: string | RegExp,
  { simulator = {}, ...more }: Standing = {},
): Story {
  const startedAgoMs = (script.at(-1)?.atMs ?? 0) + 2400
  return {
    decorators: [simulated({ startedAgoMs, simulator: { script, ...simulator }, ...more })],
    play: async ({ canvas }) => {
      await canvas.findAllByText(shows, {}, patience)
    },
  }
}

const running = until('running', {
  set: { progress: { current: 43, total: 96, stage: 'Rendering frames' } },
  logs,
})

const filming = taskScript.video({ stepMs: 100 })

/** A whole life in two seconds. */
export const Live: Story = {
  decorators: [simulated({ simulator: { script: filming } })],
  play: async ({ canvas, canvasElement }) => {
    const bar = await canvas.findByRole('progressbar', { name: 'A sunset timelapse' })
    await expect(bar).not.toHaveAttribute('aria-valuenow')
    await waitFor(
      () => expect(bar).toHaveAttribute('aria-valuetext', expect.stringMatching(/^Running, \d+%$/)),
      patience,
    )
    await expect(bar).toHaveAttribute('aria-valuenow')
    await canvas.findByText('Completed', {}, patience)
    await expect(bar).toHaveAttribute('aria-valuenow', '100')
    await expect(bar).toHaveAttribute('aria-valuetext', 'Completed')
    await expect(canvas.queryByRole('button', { name: 'Cancel' })).toBeNull()
    await expect(simulatorOf(canvasElement).counters.openStreams).toBe(0)
  },
}

/** A whole life at the pace of a short task, to look at. */
export const LiveSlowly: Story = {
  tags: ['!test'],
  args: { defaultLogsOpen: true },
  decorators: [
    simulated({
      simulator: {
        script: taskScript.usual({
          stepMs: 700,
          progressSteps: 24,
          logs: Array.from({ length: 24 }, (_, index) => `frame ${(index + 1) * 4} of 96`),
          partials: [1, 2, 3].map((step) => ({
            image: { uri: asset(`preview-${step as 1 | 2 | 3}.png`), content_type: 'image/png' },
          })),
          output: {
            image: { uri: asset('image.png'), filename: 'sunset.png', content_type: 'image/png' },
          },
        }),
      },
    }),
  ],
}

export const Received: Story = standing(until('received'), 'Received')
export const Queued: Story = standing(until('queued'), 'In the queue')
export const Scheduled: Story = standing(until('scheduled'), 'Worker found')
export const Preparing: Story = standing(until('preparing'), 'Preparing')
export const Serving: Story = standing(until('serving'), 'Starting the app')
export const SettingUp: Story = standing(until('setting_up', { logs: logs.slice(0, 3) }), 'Setting up')

/** The task says how far it is, and what it is doing. */
export const Running: Story = standing(running, 'Running')

/** The task says nothing of how far it is. Nothing is invented: the bar has no value. */
export const RunningWithoutProgress: Story = {
  ...standing(until('running', { logs }), 'Running'),
  play: async ({ canvas }) => {
    await canvas.findByText('Live', {}, patience)
    await expect(canvas.getByText('Running')).toBeVisible()
    await expect(canvas.getByRole('progressbar')).not.toHaveAttribute('aria-valuenow')
  },
}

export const Cancelling: Story = standing(
  afterwards(running, 9000, { status: 'cancelling' }),
  'Cancelling',
  {},
)
export const Uploading: Story = standing(
  until('uploading', { set: { progress: 1 }, logs }),
  'Saving the result',
)

export const Completed: Story = standing(
  until('completed', {
    set: {
      progress: 1,
      output: { image: { uri: asset('image.png'), filename: 'sunset.png', content_type: 'image/png' } },
    },
    logs: [...logs, 'encoded 96 frames in 1.8 s'],
  }),
  'Completed',
)

export const Failed: Story = standing(
  afterwards(
    running,
    4000,
    { status: 'failed', error: 'CUDA out of memory: tried to allocate 12 GiB, 3 GiB are free' },
    ['error: CUDA out of memory'],
  ),
  'Failed',
)

const traceback = [
  'RuntimeError: CUDA error: an illegal memory access was encountered',
  ...Array.from(
    { length: 24 },
    (_, index) =>
      `  File "/app/pipeline/block_${index}.py", line ${40 + index * 7}, in forward: hidden_states = self.attention(self.norm(hidden_states), encoder_hidden_states=encoder_hidden_states)`,
  ),
].join('\n')

/** A reason of many lines has a box of its own, which scrolls and which the keyboard reaches. */
export const FailedLongReason: Story = standing(
  afterwards(running, 4000, { status: 'failed', error: traceback }),
  'Failed',
)

export const Cancelled: Story = standing(afterwards(running, 5000, { status: 'cancelled' }), 'Cancelled')

/** A word that only a newer server knows is never taken for an end. */
export const UnknownStatus: Story = standing(
  afterwards(until('queued'), 1000, { status: 'unknown' }),
  'Waiting',
)

/** The server did not accept the run: 402. */
export const RejectedPayment: Story = standing([], 'Could not start', {
  simulator: {
    faults: [
      fault.refuse({
        on: 'run',
        times: Infinity,
        status: 402,
        detail: 'Add a payment method to run paid apps',
      }),
    ],
  },
})

/** The server wants something first: 412, with a list. */
export const RequirementsMissing: Story = standing([], 'Something is missing before this can run', {
  simulator: {
    faults: [
      fault.refuse({
        on: 'run',
        times: Infinity,
        status: 412,
        requirements: [
          { type: 'secret', key: 'OPENAI_API_KEY', message: 'Add this secret to your account', action: null },
          { type: 'integration', key: 'google.drive', message: 'Connect Google Drive', action: null },
          { type: 'scope', key: 'files:write', message: 'Allow this app to write files', action: null },
        ],
      }),
    ],
  },
})

const lineIsCut = [
  fault.cutAfterEvents(1, { on: 'stream', nth: 1, how: 'reset' }),
  fault.unreachable({ on: 'stream', nth: 2, times: Infinity }),
]

/** The line broke. The task goes on, so its status stays, and the line says when it is tried again. */
export const Reconnecting: Story = standing(running, /^Reconnecting in \d+s$/, {
  simulator: { faults: lineIsCut },
  client: { retryDelay: 28_000, clock: { ...systemClock, random: () => 0.99 } },
})

/** The line is open and silent, without a sign of life. */
export const Stalled: Story = standing(running, 'No signal', {
  simulator: { faults: [fault.stall({ on: 'stream', times: Infinity })] },
  client: { idleTimeout: 1000, clock: patientClock(600) },
})

/** The line was given up. */
export const Disconnected: Story = standing(running, 'Connection lost', {
  simulator: { faults: lineIsCut },
  client: { maxRetries: 0 },
})

const files = [120_000, 260_000, 610_000].map(
  (sizeBytes, index) =>
    new File([new Uint8Array(sizeBytes)], `photo-${index + 1}.png`, { type: 'image/png' }),
)

/** Files in the input leave before the task is started. */
export const UploadingFiles: Story = {
  ...standing([], 'Uploading files, 38%', {
    simulator: { faults: [fault.slowHeaders(3_600_000, { on: 'upload', nth: 3 })] },
  }),
  args: { config: { app: 'acme/upscale', input: { files } }, label: 'Three photos' },
}

/** Cancelling stops the work on the server. */
export const CancelIt: Story = {
  decorators: [simulated({ simulator: { script: taskScript.endless(), cancelMs: 150 } })],
  play: async ({ canvas, canvasElement, userEvent }) => {
    await canvas.findByText('Running', {}, patience)
    await userEvent.click(canvas.getByRole('button', { name: 'Cancel' }))
    await canvas.findByText('Cancelled', {}, patience)
    await expect(simulatorOf(canvasElement).counters.cancels).toBe(1)
    await expect(canvas.getByRole('button', { name: 'Try again' })).toBeVisible()
  },
}

/** A task that failed is run again as a new one. */
export const TryAgain: Story = {
  decorators: [
    simulated({
      simulator() {
        let runs = 0
        return {
          script: () => (++runs === 1 ? taskScript.fails({ stepMs: 30 }) : taskScript.image({ stepMs: 30 })),
        }
      },
    }),
  ],
  play: async ({ canvas, canvasElement, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Try again' }, patience))
    await canvas.findByText('Completed', {}, patience)
    await expect(simulatorOf(canvasElement).counters.runs).toBe(2)
    await expect(canvas.queryByText('CUDA out of memory')).toBeNull()
  },
}

const lines = Array.from({ length: 12 }, (_, index) => `frame ${index + 1} of 12`)

/** The line breaks twice. Nothing is lost, and nothing is said twice. */
export const SurvivesACut: Story = {
  args: { defaultLogsOpen: true },
  decorators: [
    simulated({
      client: { retryDelay: 40 },
      simulator: {
        script: taskScript.usual({ stepMs: 80, progressSteps: 12, logs: lines }),
        faults: [
          fault.cutAfterEvents(1, { on: 'stream', nth: 1 }),
          fault.cutAfterEvents(2, { on: 'stream', nth: 2, how: 'reset' }),
        ],
      },
    }),
  ],
  play: async ({ canvas, canvasElement }) => {
    await canvas.findByText('Completed', {}, patience)
    await expect(simulatorOf(canvasElement).counters.streamsOpened).toBe(3)
    for (const line of lines) await expect(canvas.getAllByText(line)).toHaveLength(1)
  },
}

/** The card, one line, and a card on a small phone. */
export const Sizes: Story = {
  ...standing(running, 'Running'),
  render: () => (
    <div className="story-stack">
      <TaskProgress config={{ app: 'acme/video', input: { size: 'default' } }} label="Default" />
      <TaskProgress
        config={{ app: 'acme/video', input: { size: 'compact' } }}
        label="Compact"
        size="compact"
      />
      <div style={{ inlineSize: 320 }} className="story-stack">
        <TaskProgress config={{ app: 'acme/video', input: { size: 'narrow' } }} label="320 pixels wide" />
        <TaskProgress
          config={{ app: 'acme/video', input: { size: 'narrow and compact' } }}
          label="Compact, 320 pixels wide"
          size="compact"
        />
      </div>
    </div>
  ),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByText('Running')).toHaveLength(4), patience)
  },
}

/** The same variables in another set of colours: `data-theme`, or the system's choice where there is none. */
export const Dark: Story = { ...Running, globals: { theme: 'dark' } }

/** Everything follows the direction of the text. */
export const RightToLeft: Story = {
  ...standing(running, 'قيد التشغيل'),
  args: {
    label: 'غروب الشمس',
    locale: 'ar-EG',
    labels: {
      status: { running: 'قيد التشغيل' },
      stage: { queued: 'انتظار', preparing: 'تحضير', running: 'تشغيل', uploading: 'حفظ', done: 'تم' },
      connection: { live: 'مباشر', connecting: 'اتصال' },
      cancel: 'إلغاء',
      logs: 'السجل',
    },
  },
  render: (args) => (
    <div dir="rtl" lang="ar">
      <TaskProgress {...args} />
    </div>
  ),
}

/** Every word is in one `labels` object; numbers and times follow `locale`. */
export const OtherWords: Story = {
  ...standing(running, 'Läuft'),
  args: { label: 'Sonnenuntergang im Zeitraffer', locale: 'de-DE', labels: germanLabels },
}

const parallel: readonly RunConfig[] = [
  'A mountain',
  'An ocean',
  'A forest',
  'A desert',
  'A city',
  'A lake',
].map((prompt, index) => ({
  app: 'acme/image',
  input: { prompt, stepMs: index < 2 ? 25 : 2000 + index * 500 },
}))

/** Several tasks with `useTaskStreams`: the way of all together, and one button for all. The cards share their lines. */
export const ManyAtOnce: Story = {
  decorators: [
    simulated({
      simulator: {
        script: ({ input }) => taskScript.image({ stepMs: (input as { readonly stepMs: number }).stepMs }),
        cancelMs: 100,
      },
    }),
  ],
  render: () => <Gallery />,
  play: async ({ canvas, canvasElement, userEvent }) => {
    await waitFor(() => expect(canvas.getAllByText('Completed')).toHaveLength(2), patience)
    await expect(canvas.getByText('2 of 6 ended')).toBeVisible()
    await userEvent.click(canvas.getByRole('button', { name: 'Cancel all' }))
    await waitFor(() => expect(canvas.getAllByText('Cancelled')).toHaveLength(4), patience)
    const { counters } = simulatorOf(canvasElement)
    await expect(counters.runs).toBe(6)
    await expect(counters.streamsOpened).toBe(6)
  },
}

function Gallery(): ReactNode {
  const { progress, phase, cancelAll } = useTaskStreams(parallel)
  const percent = Math.round((progress.value ?? 0) * 100)
  const isOver = phase === 'success' || phase === 'error' || phase === 'cancelled'
  return (
    <div className="story-stack">
      <div className="story-card">
        <div className="story-row">
          <strong>Six landscapes</strong>
          <span className="story-count">
            {progress.current} of {progress.total} ended
          </span>
          <button
            type="button"
            className="story-button"
            style={{ marginInlineStart: 'auto' }}
            disabled={isOver}
            onClick={() => void cancelAll()}
          >
            Cancel all
          </button>
        </div>
        <progress className="story-progress" max={100} value={percent} aria-label="Six landscapes" />
      </div>
      <div className="story-grid">
        {parallel.map((one) => (
          <TaskProgress key={promptOf(one)} config={one} label={promptOf(one)} size="compact" />
        ))}
      </div>
    </div>
  )
}

function promptOf({ input }: RunConfig): string {
  return (input as { readonly prompt: string }).prompt
}

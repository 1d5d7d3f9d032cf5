import type { Meta, StoryObj } from '@storybook/react-vite'
import type { RunConfig } from '@taskstream/core'
import { taskScript, type TaskScript } from '@taskstream/core/testing'
import * as TaskProgress from '@taskstream/react/task-progress'
import { expect, waitFor } from 'storybook/test'
import { simulated } from './simulated.tsx'

const config: RunConfig = { app: 'acme/train', input: { epochs: 3 } }

const meta: Meta<typeof TaskProgress.Logs> = {
  title: 'Parts/Logs',
  component: TaskProgress.Logs,
  tags: ['autodocs'],
  render: (args) => (
    <TaskProgress.Root config={config} className="story-stack">
      <TaskProgress.Label>Training</TaskProgress.Label>
      <TaskProgress.Status />
      <TaskProgress.Logs {...args} />
    </TaskProgress.Root>
  ),
  parameters: {
    docs: {
      description: {
        component:
          'The log of a task. It follows its end until the reader scrolls away, and of its rows only those in view are in the document.',
      },
    },
  },
}
export default meta

type Story = StoryObj<typeof TaskProgress.Logs>

const patience = { timeout: 10_000 }

function runs(lines: readonly string[]): TaskScript {
  return [{ atMs: 0, set: { status: 'running' }, logs: lines }]
}

/** New lines come at the end, and the end stays in view. */
export const FollowingLive: Story = {
  decorators: [simulated({ simulator: { script: taskScript.chatty({ lines: 20_000, perSecond: 60 }) } })],
  play: async ({ canvas }) => {
    await canvas.findAllByText(/^line \d{2,} of 20000$/, {}, patience)
    const log = canvas.getByRole('log')
    await waitFor(() => expect(restBelow(log)).toBeLessThanOrEqual(1))
    await waitFor(() => expect(log.scrollTop).toBeGreaterThan(200), patience)
  },
}

const hundredThousand = Array.from(
  { length: 100_000 },
  (_, index) => `step ${index + 1} · loss ${(4 / Math.sqrt(index + 1)).toFixed(4)} · lr 3.0e-4`,
)
const andMore: TaskScript = [
  ...runs(hundredThousand),
  ...Array.from({ length: 1200 }, (_, index) => ({ atMs: 500 + index * 100, logs: [`more ${index + 1}`] })),
]

/** As easy to use as ten lines: read from the beginning while more arrive, and jump back to the end. */
export const HundredThousandLines: Story = {
  decorators: [simulated({ simulator: { script: andMore } })],
  play: async ({ canvas, userEvent }) => {
    await canvas.findByText(/^step 100000 /, {}, patience)
    const log = canvas.getByRole('log')
    await expect(log.querySelectorAll('[data-slot="task-progress-log-line"]').length).toBeLessThan(100)

    log.scrollTop = 0
    await canvas.findByText(/^step 1 /, {}, patience)
    log.scrollTop = 30_000
    await canvas.findByText(/^step 1501 /, {}, patience)
    const jump = await canvas.findByRole('button', { name: /Jump to the latest/ })
    await waitFor(() => expect(jump).toHaveTextContent(/\d new/), patience)
    await expect(log.scrollTop).toBe(30_000)

    await userEvent.click(jump)
    await waitFor(() => expect(restBelow(log)).toBeLessThanOrEqual(1))
    await expect(canvas.queryByRole('button', { name: /Jump to the latest/ })).toBeNull()
    await expect(log).toHaveFocus()
  },
}

/** A line is never wrapped; the log scrolls sideways and the numbers stay. What no browser lays out is cut. */
export const LongLines: Story = {
  decorators: [
    simulated({
      simulator: {
        script: runs([
          'short',
          `{"tensors": [${Array.from({ length: 60 }, (_, index) => `"block.${index}.attn.weight"`).join(', ')}]}`,
          'x'.repeat(1_000_000),
          '\tindented\twith\ttabs',
          'short again',
        ]),
      },
    }),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('short again', {}, patience)
    const log = canvas.getByRole('log')
    await expect(log.scrollWidth).toBeGreaterThan(log.clientWidth)
    await expect(log.textContent.length).toBeLessThan(20_000)
  },
}

/** What a task writes is text and nothing else. */
export const AnsiAndHostileText: Story = {
  decorators: [
    simulated({
      simulator: {
        script: runs([
          '\u001b[1;32mINFO\u001b[0m 2026-01-02 loading \u001b[36mtransformer.safetensors\u001b[0m',
          '\u001b[33mWARN\u001b[0m falling back to \u001b[4mfp16\u001b[24m',
          '\u001b]0;a title\u0007\u001b]8;;https://example.com\u0007a link of the terminal\u001b]8;;\u0007',
          '<img src=x onerror="document.title=\'taken\'"> <script>document.title = "taken"</script>',
          'right to left override: \u202egnp.exe and back',
          'مرحبا بالعالم – שלום עולם – 你好，世界 – 👩‍🚀🚀',
          `Z${'\u0335\u0321\u0322'.repeat(12)}algo`,
          ' 12%|███████▏                    | 12/100 [00:03<00:24,  3.6it/s]',
        ]),
      },
    }),
  ],
  play: async ({ canvas }) => {
    await canvas.findByText('WARN falling back to fp16', {}, patience)
    const log = canvas.getByRole('log')
    await expect(log.querySelector('img, script, a')).toBeNull()
    await expect(log).not.toHaveTextContent('\u001b')
    await expect(canvas.getByText('a link of the terminal')).toBeVisible()
  },
}

/** Nothing was written yet. */
export const Empty: Story = {
  decorators: [simulated({ simulator: { script: runs([]) } })],
  play: async ({ canvas }) => {
    await canvas.findByText('No log lines yet', {}, patience)
  },
}

/** How far it is to the end, in pixels. */
function restBelow(log: HTMLElement): number {
  return log.scrollHeight - log.clientHeight - log.scrollTop
}

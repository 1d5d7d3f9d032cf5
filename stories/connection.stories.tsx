import type { Meta, StoryObj } from '@storybook/react-vite'
import { StreamError, type ConnectionInfo } from '@taskstream/core'
import { TaskProgress, type TaskProgressProps } from '@taskstream/react'
import { useMemo, useState, type ReactNode } from 'react'
import { expect, fn, within } from 'storybook/test'
import { germanLabels } from './german-labels.ts'
import { taskWithLine } from './shown-task.ts'

interface LinesProps extends Pick<TaskProgressProps, 'labels' | 'locale' | 'size'> {
  /** The line at a moment, in epoch milliseconds. */
  readonly line: (nowMs: number) => Partial<ConnectionInfo>
  readonly onReconnect: () => void
}

const meta = {
  title: 'Parts/Connection',
  component: Lines,
  argTypes: { line: { control: false }, labels: { control: false } },
  args: { onReconnect: fn(), locale: 'en' },
  parameters: {
    docs: {
      description: {
        component:
          'The line that a task is followed by, in every state, in both themes, and on a small phone. It comes and goes without a change of the status or of the bar; what a screen reader has to know is said once, by `Root`.',
      },
    },
  },
} satisfies Meta<typeof Lines>
export default meta

type Story = StoryObj<typeof meta>

const broken = new StreamError('network', 'The line broke.', { retryable: true })
const refused = new StreamError('unauthorized', 'You are not signed in.')

/** What every card of a story says of its line, and what its button is called, if there is one. */
function says(words: string | RegExp, button: string | null = null): NonNullable<Story['play']> {
  return async ({ canvas, args, userEvent }) => {
    const lines = await canvas.findAllByRole('group', { name: args.labels?.connectionName ?? 'Connection' })
    await expect(lines).toHaveLength(4)
    for (const line of lines) {
      await expect(line).toHaveTextContent(words)
      // What changes each second is never read out by itself.
      await expect(line.closest('[aria-live], [role="status"]')).toBeNull()
      const buttons = within(line).queryAllByRole('button')
      await expect(buttons.map(({ textContent }) => textContent)).toEqual(button === null ? [] : [button])
      for (const one of buttons) await userEvent.click(one)
    }
    await expect(args.onReconnect).toHaveBeenCalledTimes(button === null ? 0 : lines.length)
    for (const bar of canvas.getAllByRole('progressbar')) {
      await expect(bar).toHaveAttribute('aria-valuenow', '44')
    }
  }
}

/** It carries. */
export const Live: Story = {
  args: { line: (nowMs) => ({ state: 'live', transport: 'stream', lastEventAt: nowMs }) },
  play: says(/^Live$/),
}

/** It carries, and the task at work has said nothing for minutes. A task in a queue is not expected to. */
export const LiveWithoutNews: Story = {
  args: { line: (nowMs) => ({ state: 'live', transport: 'stream', lastEventAt: nowMs - 190_000 }) },
  play: says('Live no news for 3m'),
}

export const Connecting: Story = {
  args: { line: () => ({ state: 'connecting' }) },
  play: says(/^Connecting$/),
}

/** Open, and without a sign of life: it is opened anew soon. */
export const Stalled: Story = {
  args: { line: (nowMs) => ({ state: 'stalled', transport: 'stream', lastEventAt: nowMs - 30_000 }) },
  play: says(/^No signal$/),
}

/** Broken. It is tried again by itself, after a wait that is counted down, or now. */
export const Reconnecting: Story = {
  args: {
    line: (nowMs) => ({ state: 'reconnecting', attempt: 3, nextRetryAt: nowMs + 28_000, error: broken }),
  },
  play: says(/^Reconnecting in \d+s attempt 3/, 'Retry now'),
}

/** The wait is over, and an attempt is on its way. */
export const Trying: Story = {
  args: { line: () => ({ state: 'reconnecting', attempt: 3, error: broken }) },
  play: says(/^Reconnecting attempt 3$/),
}

/** The browser says that there is no network. Nothing is tried until there is one, unless somebody knows better. */
export const Offline: Story = {
  args: { line: () => ({ state: 'offline', attempt: 1, error: broken }) },
  play: says(/^Offline waiting for the network/, 'Retry now'),
}

/** No stream comes through, so the task is asked for. */
export const Polling: Story = {
  args: { line: (nowMs) => ({ state: 'polling', transport: 'polling', lastEventAt: nowMs }) },
  play: says(/^Checking$/),
}

/** Given up after too many attempts. The task goes on, and so does the line when somebody asks for it. */
export const GivenUp: Story = {
  args: { line: () => ({ state: 'closed', error: broken }) },
  play: says(/^Connection lost/, 'Retry now'),
}

/** Ended by the server, which does not let it in. */
export const Refused: Story = {
  args: { line: () => ({ state: 'closed', error: refused }) },
  play: says(/^Disconnected/, 'Reconnect'),
}

/** Ended by somebody here, with `disconnect()`. */
export const Left: Story = {
  args: { line: () => ({ state: 'idle' }) },
  play: says(/^Not connected/, 'Reconnect'),
}

/** Long words wrap, and push nothing out of the card. */
export const OtherWords: Story = {
  args: { ...Offline.args, labels: germanLabels, locale: 'de-DE' },
  play: says(/^Offline wartet auf das Netz/, 'Jetzt versuchen'),
}

/** In one line there is room for a word and for what can be done. */
export const Compact: Story = {
  args: { ...Reconnecting.args, size: 'compact' },
  play: says(/^Reconnecting in \d+s/, 'Retry now'),
}

function Lines({ line, onReconnect, ...rest }: LinesProps): ReactNode {
  const [now] = useState(() => Date.now())
  const task = useMemo(() => taskWithLine(line(now), onReconnect), [line, now, onReconnect])
  return (
    <div className="story-stack">
      {(['light', 'dark'] as const).map((theme) => (
        <div key={theme} data-theme={theme} className="story-stack story-ground">
          <TaskProgress task={task} label="A sunset timelapse" logs={false} {...rest} />
          <div style={{ inlineSize: 320, maxInlineSize: '100%' }}>
            <TaskProgress task={task} label="A sunset timelapse" logs={false} {...rest} />
          </div>
        </div>
      ))}
    </div>
  )
}

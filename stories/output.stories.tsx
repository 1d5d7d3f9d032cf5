import type { Decorator, Meta, StoryObj } from '@storybook/react-vite'
import type { RunConfig } from '@taskstream/core'
import { asset, taskScript, type TaskScript } from '@taskstream/core/testing'
import * as TaskProgress from '@taskstream/react/task-progress'
import { expect, waitFor } from 'storybook/test'
import { gives } from './scripts.ts'
import { simulated } from './simulated.tsx'

const config: RunConfig = { app: 'acme/anything', input: { prompt: 'A fox in the snow' } }

const meta: Meta<typeof TaskProgress.Output> = {
  title: 'Parts/Output',
  component: TaskProgress.Output,
  tags: ['autodocs'],
  render: (args) => (
    <TaskProgress.Root config={config} className="story-stack">
      <TaskProgress.Label>A fox in the snow</TaskProgress.Label>
      <TaskProgress.Status />
      <TaskProgress.PartialOutput />
      <TaskProgress.Output {...args} />
    </TaskProgress.Root>
  ),
  parameters: {
    docs: {
      description: {
        component:
          'The result as what it is: images, videos, sounds, files, texts, and anything else as JSON. Before the end, `PartialOutput` shows what is known of it.',
      },
    },
  },
}
export default meta

type Story = StoryObj<typeof TaskProgress.Output>

const patience = { timeout: 10_000 }

const picture = { uri: asset('image.png'), filename: 'fox.png', content_type: 'image/png' }
const sound = { uri: asset('audio.wav'), filename: 'tone.wav', content_type: 'audio/wav' }
const clip = { uri: asset('video.webm'), filename: 'timelapse.webm', content_type: 'video/webm' }
const report = {
  uri: 'https://files.example/report.pdf',
  filename: 'report.pdf',
  content_type: 'application/pdf',
  size: 1_482_113,
}
const table = {
  uri: 'https://files.example/scores.csv',
  filename: 'scores of all runs in this quarter.csv',
  size: 20_480,
}

function completed(output: unknown): Decorator[] {
  return [simulated({ simulator: { script: gives(output) } })]
}

export const Image: Story = {
  decorators: completed({ image: picture }),
  play: async ({ canvas }) => {
    const image = await canvas.findByRole('img', { name: 'fox.png' }, patience)
    await waitFor(() => expect(image).toHaveProperty('naturalWidth', 768))
  },
}

export const Video: Story = {
  decorators: completed({ video: clip, fps: 8 }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByLabelText('timelapse.webm', {}, patience)).toHaveAttribute('controls')
  },
}

export const Audio: Story = {
  decorators: completed({ audio: sound, duration: 0.5 }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByLabelText('tone.wav', {}, patience)).toHaveAttribute('controls')
  },
}

const poem =
  'A fox went over the snow,\nand nobody saw it go\nbut the moon, who was up,\nand a mouse in a cup,\nand neither will tell what they know.'

export const Text: Story = {
  decorators: completed({ text: poem }),
  play: async ({ canvas }) => {
    await canvas.findByText(/neither will tell/, {}, patience)
  },
}

/** A text of many lines has a box of its own, which scrolls and which the keyboard reaches. */
export const LongText: Story = {
  decorators: completed({
    text: Array.from({ length: 60 }, (_, index) => `${index + 1}. ${poem.replaceAll('\n', ' ')}`).join('\n'),
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('region', { name: 'text' }, patience)).toHaveAttribute(
      'tabindex',
      '0',
    )
  },
}

export const Json: Story = {
  decorators: completed({
    seed: 4_211_883,
    scheduler: {
      name: 'euler',
      steps: 28,
      sigmas: Array.from({ length: 28 }, (_, index) => +(1 - index / 28).toFixed(3)),
    },
    nsfw: false,
    caption: null,
    labels: [
      { name: 'fox', score: 0.982 },
      { name: 'snow', score: 0.967 },
    ],
  }),
  play: async ({ canvas }) => {
    await canvas.findByText('"euler"', {}, patience)
  },
}

export const File: Story = {
  decorators: completed({ report }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('link', { name: /report\.pdf/ }, patience)).toHaveAttribute(
      'href',
      report.uri,
    )
  },
}

/** Every piece in the order of the output; what is said beside the files comes last. */
export const Several: Story = {
  decorators: completed({
    images: [
      picture,
      { ...picture, filename: 'fox, second try.png' },
      { ...picture, filename: 'fox, third try.png' },
    ],
    audio: sound,
    files: [report, table],
    text: 'Three pictures, a sound and two files.',
    seed: 4_211_883,
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findAllByRole('img', {}, patience)).toHaveLength(3)
    await expect(canvas.getAllByRole('link', { name: /report|scores/ })).toHaveLength(2)
  },
}

/** The task completed and gave nothing. */
export const Nothing: Story = {
  decorators: completed({}),
  play: async ({ canvas }) => {
    await canvas.findByText('The task completed without a result', {}, patience)
  },
}

/** An address that the URL policy refuses is shown, and never as a link. */
export const BlockedUrl: Story = {
  decorators: completed({ link: { uri: "javascript:alert('taken')" }, file: { uri: 'file:///etc/passwd' } }),
  play: async ({ canvas }) => {
    await canvas.findByText("javascript:alert('taken')", {}, patience)
    await expect(canvas.queryByRole('link')).toBeNull()
  },
}

/** A picture, a video and a sound that are none. */
export const FailedMedia: Story = {
  decorators: completed({
    image: { uri: 'data:image/png;base64,AAAA', filename: 'broken.png' },
    audio: { uri: 'data:audio/wav;base64,AAAA', filename: 'broken.wav' },
    video: { uri: 'data:video/webm;base64,AAAA', filename: 'broken.webm' },
  }),
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByText('This file could not be shown')).toHaveLength(3), patience)
  },
}

const previews: TaskScript = [
  { atMs: 0, set: { status: 'running', progress: 0.1 } },
  ...(['preview-1.png', 'preview-2.png', 'preview-3.png'] as const).map((name, index) => ({
    atMs: 300 + index * 400,
    set: {
      progress: (index + 1) / 4,
      partialOutput: { image: { uri: asset(name), content_type: 'image/png' } },
    },
  })),
]

/** Previews of a picture, each in the place of the one before. It stays at the last one. */
export const PartialImages: Story = {
  decorators: [simulated({ simulator: { script: previews } })],
  play: async ({ canvas }) => {
    const first = await canvas.findByRole('img', {}, patience)
    await waitFor(() => expect(first).toHaveProperty('naturalWidth', 768), patience)
    const room = first.getBoundingClientRect()
    const source = first.getAttribute('src')
    await waitFor(() => expect(canvas.getByRole('img')).not.toHaveAttribute('src', source), patience)
    await expect(canvas.getByRole('img').getBoundingClientRect()).toMatchObject({
      y: room.y,
      width: room.width,
      height: room.height,
    })
  },
}

const tale = Array.from({ length: 12 }, () => poem.replaceAll('\n', ' ')).join('\n\n')

/** Words as they come. */
export const StreamingText: Story = {
  decorators: [simulated({ simulator: { script: taskScript.deltas({ text: tale, everyMs: 25 }) } })],
  play: async ({ canvas }) => {
    const preview = await canvas.findByRole('group', { name: 'Preview' }, patience)
    await waitFor(() => expect(preview).toHaveTextContent('A fox went over the snow, and'), patience)
  },
}

import type { Meta, StoryObj } from '@storybook/react-vite'
import { Markdown } from '@taskstream/react/markdown'
import { useEffect, useState, type ReactNode } from 'react'
import { expect, waitFor } from 'storybook/test'

const text = `## What it reads

CommonMark and **GFM**: *emphasis*, ~~strikethrough~~, \`code\`, and https://example.com.

1. lists in order
2. with [links](https://example.com "a title")
   - and lists within

| way back | costs |
| --- | ---: |
| cursor | nothing |
| snapshot | one request |

\`\`\`ts
const text: string = 'code, with a button to copy it'
\`\`\`

> Quotes.

- [x] tasks
- [ ] that are open`

const meta = {
  title: 'Markdown',
  component: Markdown,
  tags: ['autodocs'],
  args: { text },
  parameters: {
    docs: {
      description: {
        component:
          'What an agent writes: `import { Markdown } from "@taskstream/react/markdown"`. Parsed by block, each block once; no raw HTML; only safe addresses.',
      },
    },
  },
} satisfies Meta<typeof Markdown>
export default meta

type Story = StoryObj<typeof meta>

export const Everything: Story = {
  play: async ({ canvas }) => {
    await canvas.findByRole('table')
    await expect(canvas.getAllByRole('checkbox')).toHaveLength(2)
  },
}

function Written({ text: whole }: { readonly text: string }): ReactNode {
  const [length, setLength] = useState(0)
  useEffect(() => {
    if (length >= whole.length) return undefined
    const timer = setTimeout(() => setLength(length + 9), 16)
    return () => clearTimeout(timer)
  }, [length, whole])
  return <Markdown text={whole.slice(0, length)} isStreaming={length < whole.length} />
}

/** While it is written, half of a markup is shown as what it will be. */
export const Streaming: Story = {
  render: (args) => <Written {...args} />,
  play: async ({ canvas }) => {
    await waitFor(() => expect(canvas.getAllByRole('checkbox')).toHaveLength(2), { timeout: 10_000 })
  },
}

/** HTML is text, pictures of other hosts are not loaded, and addresses that run something are no links. */
export const Hostile: Story = {
  args: {
    text: '<img src=x onerror=alert(1)>\n\n[a link](javascript:alert(1)) and ![a picture](https://example.com/track.png)',
  },
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole('link')).toBeNull()
    await expect(canvas.queryByRole('img')).toBeNull()
    await canvas.findByText(/onerror/)
  },
}

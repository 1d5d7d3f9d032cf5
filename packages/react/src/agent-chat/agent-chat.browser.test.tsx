import { StreamError, type AgentState, type ConnectionInfo } from '@taskstream/core'
import axe from 'axe-core'
import { afterEach, expect, test } from 'vitest'
import { page as screen, userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import {
  agentMessage,
  createFakeChat,
  outgoingMessage,
  storedMessage,
  streamingMessage,
  toolInvocation,
  userMessage,
  type FakeChat,
} from '../../test/fake-chat.ts'
import { Markdown } from '../markdown/index.ts'
import '../styles.css'
import { AgentChat } from './agent-chat.tsx'

const root = document.documentElement
afterEach(() => {
  delete root.dataset['theme']
  root.dir = ''
})

const find = (selector: string): HTMLElement => {
  const element = document.querySelector<HTMLElement>(selector)
  if (element === null) throw new Error(`There is no ${selector}.`)
  return element
}
const viewport = () => find('[role="log"]')
const distance = () => viewport().scrollHeight - viewport().clientHeight - viewport().scrollTop
const frame = () => new Promise<void>((resolve) => void requestAnimationFrame(() => resolve()))

/** Two frames: what observers of sizes do in one is laid out in the next. */
async function frames(): Promise<void> {
  await frame()
  await frame()
}

/** Something happens, and is on the screen. */
async function change(happen: () => unknown): Promise<void> {
  happen()
  await frames()
}

/** What appears has appeared. */
function finishAnimations(): void {
  for (const animation of document.getAnimations()) {
    if (animation.effect?.getComputedTiming().iterations !== Infinity) animation.finish()
  }
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `Line ${index}`).join('\n\n')
const talk = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) =>
    (from + index) % 2 === 0
      ? userMessage(`m${from + index}`, `Question ${from + index}`)
      : agentMessage(`m${from + index}`, lines(6)),
  )

async function show(fake: FakeChat, width = 640): Promise<void> {
  await render(
    <div style={{ inlineSize: width, blockSize: 560, '--ts-chat-height': '560px' } as object}>
      <AgentChat chat={fake.chat} info={{ name: 'Ada', description: null, examplePrompts: ['Why?'] }} />
    </div>,
  )
  await frames()
}

/** As a reader does it: browsers tell of a wheel before the scroll. */
async function scrollUp(byPx: number): Promise<void> {
  viewport().dispatchEvent(new WheelEvent('wheel', { deltaY: -byPx, bubbles: true }))
  viewport().scrollTop -= byPx
  await frames()
}

test('the transcript begins at its end and stays there while a reply is written', async () => {
  const fake = createFakeChat({ activity: 'busy', messages: [...talk(0, 10), streamingMessage('a', 'One')] })
  await show(fake)
  expect(distance()).toBeLessThan(1)
  for (const count of [3, 9, 30]) {
    await change(() => fake.put(streamingMessage('a', lines(count))))
    await frames()
    expect(distance()).toBeLessThan(1)
  }
})

test('a reader who left the end is left alone, and is told how much is new', async () => {
  const fake = createFakeChat({ activity: 'busy', messages: [...talk(0, 12), streamingMessage('a', 'One')] })
  await show(fake)
  await scrollUp(300)
  const before = viewport().scrollTop
  await change(() => fake.put(streamingMessage('a', lines(40))))
  await change(() => fake.put(userMessage('n1', 'New')))
  await frames()
  expect(viewport().scrollTop).toBe(before)
  const button = screen.getByRole('button', { name: /Jump to the latest/ })
  await expect.element(button).toHaveTextContent('1 new')
  await button.click()
  await frames()
  expect(distance()).toBeLessThan(1)
  await expect.element(viewport()).toHaveFocus()
  expect(button.query()).toBeNull()
})

test('whatever is sent brings the transcript to its end', async () => {
  const fake = createFakeChat({ messages: talk(0, 12) })
  await show(fake)
  await scrollUp(400)
  expect(distance()).toBeGreaterThan(300)
  await change(() => fake.put(outgoingMessage('o1', 'Hello')))
  await frames()
  expect(distance()).toBeLessThan(1)
})

test('earlier messages come when the reader nears the first one, and nothing moves', async () => {
  const fake = createFakeChat({ messages: talk(20, 40), olderCursor: 'c' })
  await show(fake)
  expect(fake.calls).toEqual([])
  viewport().dispatchEvent(new WheelEvent('wheel', { deltaY: -1, bubbles: true }))
  viewport().scrollTop = 60
  await frames()
  await expect.poll(() => fake.calls).toEqual([{ name: 'loadOlder', args: [] }])
  const seen = find('[data-slot="agent-chat-message"]')
  const before = seen.getBoundingClientRect().top
  await change(() => fake.write({ isLoadingOlder: true }))
  const { messages } = fake.chat.current().agent
  await change(() =>
    fake.write({ isLoadingOlder: false, olderCursor: null, messages: [...talk(0, 20), ...messages] }),
  )
  await frames()
  expect(Math.abs(seen.getBoundingClientRect().top - before)).toBeLessThan(1)
  expect(viewport().scrollTop).toBeGreaterThan(1000)
})

test('what the reader looks at stays where it is when something above it grows', async () => {
  const fake = createFakeChat({ messages: talk(0, 20) })
  await show(fake)
  await scrollUp(600)
  const items = [...document.querySelectorAll('[data-slot="agent-chat-message"]')]
  const edge = viewport().getBoundingClientRect().top
  const seen = items.find((item) => item.getBoundingClientRect().top >= edge)
  const before = seen?.getBoundingClientRect().top ?? 0
  await change(() => fake.put(agentMessage('m1', lines(30))))
  await frames()
  expect(Math.abs((seen?.getBoundingClientRect().top ?? 0) - before)).toBeLessThan(1)
})

test('the field grows with its text, to a limit', async () => {
  await show(createFakeChat())
  const field = screen.getByRole('textbox')
  const height = () => field.element().getBoundingClientRect().height
  const empty = height()
  await field.fill('a\nb\nc')
  expect(height()).toBeGreaterThan(empty + 40)
  await field.fill('a\n'.repeat(100))
  expect(height()).toBeLessThan(260)
  await field.fill('')
  expect(height()).toBe(empty)
})

test('the keyboard alone writes, sends, stops and goes on', async () => {
  const fake = createFakeChat({ messages: talk(0, 2) })
  await show(fake)
  await screen.getByRole('textbox').click()
  await userEvent.keyboard('Hello{Shift>}{Enter}{/Shift}there{Enter}')
  expect(fake.calls).toEqual([{ name: 'sendMessage', args: [{ text: 'Hello\nthere' }] }])
  await change(() => fake.write({ activity: 'busy' }))
  await userEvent.keyboard('{Tab}{Tab}')
  await expect.element(screen.getByRole('button', { name: 'Stop' })).toHaveFocus()
  await userEvent.keyboard('{Enter}')
  expect(fake.calls.at(-1)).toEqual({ name: 'stop', args: [] })
  await change(() => fake.write({ activity: 'idle' }))
  await expect.element(screen.getByRole('textbox')).toHaveFocus()
})

test('a word that is composed is not sent by the Enter that takes it', async () => {
  const fake = createFakeChat()
  await show(fake)
  const field = find('textarea')
  await screen.getByRole('textbox').fill('にほん')
  field.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
  const press = (init: KeyboardEventInit) =>
    field.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }),
    )
  press({ isComposing: true })
  press({ keyCode: 229 })
  expect(fake.calls).toEqual([])
  press({})
  expect(fake.calls).toEqual([{ name: 'sendMessage', args: [{ text: 'にほん' }] }])
})

test('files are pasted and dropped as browsers do it', async () => {
  const fake = createFakeChat()
  await show(fake)
  const transfer = (name: string): DataTransfer => {
    const data = new DataTransfer()
    data.items.add(new File(['hello'], name, { type: 'text/plain' }))
    return data
  }
  const paste = { clipboardData: transfer('pasted.txt'), bubbles: true, cancelable: true }
  await change(() => find('textarea').dispatchEvent(new ClipboardEvent('paste', paste)))
  const drop = { dataTransfer: transfer('dropped.txt'), bubbles: true, cancelable: true }
  await change(() => void viewport().dispatchEvent(new DragEvent('dragover', drop)))
  await expect.element(screen.getByText('Drop files to attach them')).toBeVisible()
  await change(() => void viewport().dispatchEvent(new DragEvent('drop', drop)))
  expect(fake.uploads.map(({ file }) => (file instanceof File ? file.name : ''))).toEqual([
    'pasted.txt',
    'dropped.txt',
  ])
  await change(() => {
    for (const upload of fake.uploads) upload.finish()
  })
  await expect.element(screen.getByText('5B').first()).toBeVisible()
})

test('what the app shows a text with keeps its own shape', async () => {
  const fake = createFakeChat({ messages: [agentMessage('a1', 'Lakes:\n\n1. Baikal\n2. Tanganyika')] })
  const renderText = (text: string) => <Markdown text={text} />
  await render(<AgentChat chat={fake.chat} renderText={renderText} />)
  const list = find('[data-slot="markdown"] ol')
  const alone = await render(<Markdown text={'Lakes:\n\n1. Baikal'} />)
  const free = alone.container.querySelector('ol')
  if (free === null) throw new Error('There is no list.')
  for (const property of ['margin-block-start', 'padding-inline-start', 'list-style-type']) {
    const inChat = getComputedStyle(list).getPropertyValue(property)
    expect([property, Math.sign(Number.parseFloat(inChat))]).toEqual([
      property,
      Math.sign(Number.parseFloat(getComputedStyle(free).getPropertyValue(property))),
    ])
  }
})

const part = (id: string) => ({ type: 'tool-call', callId: `call_${id}`, name: 'x', argsText: '{}' }) as const
const elicitation = {
  input_requests: {
    a: {
      method: 'elicitation/create',
      params: {
        message: 'Who?',
        requestedSchema: {
          required: ['name'],
          properties: {
            name: { type: 'string', title: 'Name', description: 'As in the passport' },
            seat: { type: 'string', enum: ['window', 'aisle'] },
            bags: { type: 'boolean', title: 'Bags' },
          },
        },
      },
    },
  },
}
const tools = storedMessage(
  'a1',
  { status: 'pending', content: ['1', '2', '3', '4', '5'].map(part) },
  { forecast: { text: 'Now' } },
)
const states: readonly (readonly [string, Partial<AgentState>, Partial<ConnectionInfo>?])[] = [
  ['empty', { id: null, isLoaded: false }],
  ['talking', { messages: talk(0, 4), olderCursor: 'c', isLoadingOlder: true }],
  ['streaming', { activity: 'busy', messages: [...talk(0, 2), streamingMessage('a', 'One')] }],
  [
    'calling',
    {
      activity: 'busy',
      messages: [
        {
          ...tools,
          fact: tools.fact && {
            ...tools.fact,
            invocations: [
              toolInvocation('1', { result: '{"hits":12}' }),
              toolInvocation('2', { status: 'failed', result: 'No such city.' }),
              toolInvocation('3', { status: 'awaiting_approval' }),
              toolInvocation('4', { kind: 'mcp', status: 'awaiting_input', data: elicitation }),
              toolInvocation('5', { kind: 'internal', status: 'awaiting_input', widget: { a: 1 } }),
            ],
          },
        },
      ],
      plan: [{ index: 0, title: 'Read', description: '', notes: null, status: 'in_progress' }],
    },
  ],
  [
    'broken',
    {
      messages: [
        ...talk(0, 2),
        outgoingMessage('o1', 'Hello', new StreamError('network', 'No network.', { retryable: true })),
        userMessage('u9', 'Wait', { status: 'queued' }),
      ],
    },
    { state: 'reconnecting', attempt: 2, nextRetryAt: Date.now() + 3_600_000 },
  ],
]

const cases = states.flatMap(([name, agent, line]) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    [640, 320].map((width) => ({ name, agent, line, theme, width })),
  ),
)

test.each(cases)(
  'axe finds nothing wrong with a chat that is $name, in the $theme theme, $width px wide',
  async ({ agent, line, theme, width }) => {
    root.dataset['theme'] = theme
    const fake = createFakeChat(agent, line)
    await show(fake, width)
    await change(() => {
      for (const folded of document.querySelectorAll<HTMLElement>('[aria-expanded="false"]')) folded.click()
    })
    await frames()
    finishAnimations()
    const { violations } = await axe.run(find('[data-slot="agent-chat"]'), {
      rules: { region: { enabled: false } },
    })
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`)).toEqual([])
  },
)

test.each(cases.filter(({ theme }) => theme === 'light').flatMap((one) => [one, { ...one, dir: 'rtl' }]))(
  'nothing of a chat that is $name is wider than it, at $width px',
  async ({ agent, line, width, ...rest }) => {
    root.dir = 'dir' in rest ? rest.dir : ''
    await show(createFakeChat(agent, line), width)
    const chat = find('[data-slot="agent-chat"]').getBoundingClientRect()
    const wide = [...document.querySelectorAll('[data-slot="agent-chat"] *')].filter((element) => {
      const box = element.getBoundingClientRect()
      const isSeen = box.width > 1 && element.closest('pre, [data-slot="task-progress-json-tree"]') === null
      return isSeen && (box.left < chat.left - 1 || box.right > chat.right + 1)
    })
    expect(wide.map(({ outerHTML }) => outerHTML.slice(0, 120))).toEqual([])
    expect(viewport().scrollWidth).toBe(viewport().clientWidth)
  },
)

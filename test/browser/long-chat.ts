import type { AgentScript, AgentTurn, Simulator } from '@taskstream/core/testing'
import type { Page } from 'playwright'

/** Messages that are there before the reply. */
export const oldCount = 500
/** Pieces of the reply. */
export const deltaCount = 2000

/** Milliseconds between two pieces. */
const everyMs = 5
/** After how many pieces the server tells the whole message, as it does (protocol §4.6). */
const storeEvery = 8

const passage = (index: number): string =>
  [
    `## Part ${index}`,
    `Here is **what matters** in part ${index}, with \`code\` in it and [a link](https://a.example/${index}), so that there is something to read.`,
    `- one thing\n- another *thing*\n- [x] done`,
    `\`\`\`ts\nconst part = ${index}\nshow(part, 'of the text')\n\`\`\``,
    `| Name | Count |\n|---|---:|\n| part | ${index} |`,
  ].join('\n\n')

const book = Array.from({ length: 60 }, (_, index) => passage(index)).join('\n\n')

/** The reply in pieces of four characters. */
export const pieces: readonly string[] = Array.from({ length: deltaCount }, (_, index) =>
  book.slice(index * 4, index * 4 + 4),
)

/** Answers at once as often as it takes to make {@link oldCount} messages, and then piece by piece. */
export const longChat: AgentScript = ({ turnIndex }) =>
  turnIndex < oldCount / 2
    ? [{ type: 'text', text: `Answer ${turnIndex}.\n\n${passage(turnIndex)}`, atMs: 0 }]
    : pieces.flatMap((text, index): AgentTurn => {
        const atMs = 300 + index * everyMs
        const isStored = index % storeEvery === storeEvery - 1
        return [{ type: 'text', text, atMs }, ...(isStored ? [{ type: 'store', atMs } as const] : [])]
      })

/** Has the old messages said; the id of their chat. */
export async function fillLongChat(simulator: Simulator, api: string): Promise<string> {
  const post = async (path: string, body: object): Promise<{ readonly data: { readonly id: string } }> => {
    const answer = await simulator(`${api}${path}`, { method: 'POST', body: JSON.stringify(body) })
    return (await answer.json()) as { readonly data: { readonly id: string } }
  }
  const { id } = (await post('/chats', { agent: 'acme/guide' })).data
  for (let index = 0; index < oldCount / 2; index++) {
    await post(`/chats/${id}/messages`, { message: `Question ${index}` })
  }
  return id
}

/** What a page did while a reply was written. */
export interface StreamingCost {
  /** Milliseconds. */
  readonly lastedMs: number
  /** Animation frames. */
  readonly frames: number
  /** Milliseconds between two frames, the longest and that of which one in twenty is longer. */
  readonly longestFrameMs: number
  readonly slowFrameMs: number
  /** Milliseconds of each task above 50 ms. */
  readonly longTasks: readonly number[]
  /** How often the message was changed: batches of mutations, one for each render of React. */
  readonly changes: number
  /** Messages that were there before and were changed, as text. */
  readonly touched: readonly string[]
}

declare global {
  interface Window {
    /** What is measured of the reply; `null` before it has ended. */
    streamingCost: StreamingCost | null
  }
}

/** Measures `window.streamingCost` from the first words of the next reply to its end. Runs in the page, by itself. */
export function watchStreaming(): void {
  const isMessage = '[data-slot=agent-chat-message]'
  const old = new Set(document.querySelectorAll(isMessage))
  const touched = new Set<string>()
  const frames: number[] = []
  const longTasks: number[] = []
  let changes = 0
  let reply: Element | null = null
  window.streamingCost = null

  const tasks = new PerformanceObserver((list) => {
    for (const { duration, startTime } of list.getEntries()) {
      if (reply !== null && startTime >= (frames[0] ?? Infinity)) longTasks.push(Math.round(duration))
    }
  })
  tasks.observe({ type: 'longtask' })
  const tick = (atMs: number): void => {
    if (reply === null || window.streamingCost !== null) return
    frames.push(atMs)
    requestAnimationFrame(tick)
  }
  const end = (): void => {
    observer.disconnect()
    const between = frames.slice(1).map((atMs, index) => atMs - (frames[index] ?? 0))
    const sorted = between.toSorted((a, b) => a - b)
    // Long tasks are told of a little later.
    setTimeout(() => {
      window.streamingCost = {
        lastedMs: (frames.at(-1) ?? 0) - (frames[0] ?? 0),
        frames: frames.length,
        longestFrameMs: sorted.at(-1) ?? 0,
        slowFrameMs: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
        longTasks,
        changes,
        touched: [...touched],
      }
    }, 500)
  }
  const observer = new MutationObserver((records) => {
    if (reply === null) {
      const last = [...document.querySelectorAll(isMessage)].at(-1)
      const words = last?.matches('[data-role=assistant]')
        ? last.querySelector('[data-slot=agent-chat-text]')
        : null
      if (last === undefined || old.has(last) || words === null) return
      reply = last
      requestAnimationFrame(tick)
      return
    }
    if (reply.getAttribute('data-status') === 'ready') return end()
    const messages = records.map(({ target }) =>
      (target instanceof Element ? target : target.parentElement)?.closest(isMessage),
    )
    if (messages.includes(reply)) changes++
    for (const one of messages) if (one && old.has(one)) touched.add(one.textContent)
  })
  const list = document.querySelector('[data-slot=agent-chat-viewport]')
  if (list === null) throw new Error('There is no chat to watch.')
  observer.observe(list, { subtree: true, childList: true, characterData: true, attributes: true })
}

/** Shows every old message, then has the reply written and measures it. */
export async function measureLongReply(page: Page): Promise<StreamingCost> {
  await page.locator('[data-slot=agent-chat-message]').first().waitFor()
  await page.waitForFunction(
    (count) => {
      document.querySelector<HTMLElement>('[data-slot=agent-chat-load-older] button')?.click()
      return document.querySelectorAll('[data-slot=agent-chat-message]').length >= count
    },
    oldCount,
    { polling: 50 },
  )
  await page.waitForTimeout(500)
  await page.evaluate(watchStreaming)
  const field = page.getByRole('textbox', { name: 'Message' })
  await field.fill('Tell me everything')
  await field.press('Enter')
  await page.waitForFunction(() => window.streamingCost !== null, undefined, {
    polling: 200,
    timeout: 60_000,
  })
  const cost = await page.evaluate(() => window.streamingCost)
  if (cost === null) throw new Error('The reply was not measured.')
  return cost
}

import type { LogLines } from '@taskstream/core'
import axe from 'axe-core'
import type { ReactElement } from 'react'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { render } from 'vitest-browser-react'
import { showTask } from '../../test/shown-task.ts'
import '../styles.css'
import { describeView, extendInfo } from '../task-info.ts'
import { TaskProgressContext } from './context.tsx'
import type { ShownTask } from './shown-task.ts'
import { englishLabels } from './labels.ts'
import { LogView } from './log-view.tsx'
import { Logs } from './logs.tsx'
import { Root } from './root.tsx'

const rowPx = 20

const numbered = (count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => `line ${from + index}`)

/** The task after more of its log arrived. */
function withMore(
  task: ShownTask,
  lines: readonly string[],
  { tail = '', maxLines = 200_000 }: { readonly tail?: string; readonly maxLines?: number } = {},
): ShownTask {
  const { view, cancel, disconnect, reconnect } = task
  const { logs } = view.task
  const next = {
    ...view,
    task: { ...view.task, logs: { ...logs, lines: logs.lines.append(lines, maxLines), tail } },
  }
  return extendInfo(describeView(next), { cancel, disconnect, reconnect })
}

const runningWith = (lines: readonly string[]): ShownTask => showTask({ status: 'running', logs: lines })

function App({ task, widthPx = 600 }: { readonly task: ShownTask; readonly widthPx?: number }): ReactElement {
  return (
    <main style={{ inlineSize: widthPx }}>
      <Root task={task} locale="en">
        <Logs />
      </Root>
    </main>
  )
}

interface Shown {
  readonly viewport: HTMLElement
  /** Shows the task as it is now, and waits until it is painted. */
  readonly show: (task: ShownTask, widthPx?: number) => Promise<void>
  readonly slot: (name: string) => HTMLElement | null
}

async function showLogs(task: ShownTask, widthPx?: number): Promise<Shown> {
  const app = (now: ShownTask, px = widthPx): ReactElement => (
    <App task={now} {...(px === undefined ? {} : { widthPx: px })} />
  )
  const { container, rerender } = await render(app(task))
  await painted()
  const viewport = container.querySelector<HTMLElement>('[role="log"]')
  if (viewport === null) throw new Error('There is no log.')
  return {
    viewport,
    slot: (name) => container.querySelector<HTMLElement>(`[data-slot="task-progress-${name}"]`),
    show: async (now, px) => {
      await rerender(app(now, px))
      await painted()
    },
  }
}

/** Three frames: the change, what was measured of it, and the scroll events of both. */
async function painted(): Promise<void> {
  for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve))
}

/** Moves the viewport as a scrollbar that is dragged does: nothing but scroll events tell of it. */
async function dragTo(viewport: HTMLElement, top: number): Promise<void> {
  viewport.scrollTop = top
  await painted()
}

const rowsOf = (viewport: HTMLElement): HTMLElement[] => [
  ...viewport.querySelectorAll<HTMLElement>('[data-slot="task-progress-log-line"]:not([data-probe])'),
]
const endOf = ({ scrollHeight, clientHeight }: HTMLElement): number => scrollHeight - clientHeight
const isAtEnd = (viewport: HTMLElement): boolean => Math.abs(endOf(viewport) - viewport.scrollTop) <= 1

/** Texts of the rows that can be seen, top to bottom, with the distance of the first one from the top of the viewport. */
function visible(viewport: HTMLElement): { readonly texts: readonly string[]; readonly offsetPx: number } {
  const box = viewport.getBoundingClientRect()
  const seen = rowsOf(viewport).filter((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return bottom > box.top + 2 && top < box.top + viewport.clientHeight - 1
  })
  return {
    texts: seen.map((row) => row.querySelector('[data-slot="task-progress-log-text"]')?.textContent ?? ''),
    offsetPx: (seen[0]?.getBoundingClientRect().top ?? 0) - box.top,
  }
}

afterEach(() => vi.restoreAllMocks())

describe('a log of 100,000 lines', () => {
  test('has less than 200 rows in the document and the height of all', async () => {
    const { viewport } = await showLogs(runningWith(numbered(100_000)))
    expect(rowsOf(viewport).length).toBeLessThan(200)
    expect(viewport.scrollHeight).toBeGreaterThanOrEqual(100_000 * rowPx)
    expect(visible(viewport).texts.at(-1)).toBe('line 100000')
  })

  test('reads no more lines than it shows, when a line is added too', async () => {
    const { lines } = runningWith(numbered(100_000)).view.task.logs
    const prototype = Object.getPrototypeOf(lines) as LogLines
    const [at, slice] = [vi.spyOn(prototype, 'at'), vi.spyOn(prototype, 'slice')]
    const context = { task: showTask(), labels: englishLabels, locale: 'en', labelId: 'label' }
    const app = (shown: LogLines): ReactElement => (
      <TaskProgressContext.Provider value={context}>
        <LogView lines={shown} tail="" />
      </TaskProgressContext.Provider>
    )
    const { rerender } = await render(app(lines))
    await painted()
    const mountReads = at.mock.calls.length
    await rerender(app(lines.append(['one more'], 200_000)))
    await painted()
    // Strict mode renders each time twice, and once more when sizes are known.
    expect(mountReads).toBeLessThan(4 * 200)
    expect(at.mock.calls.length - mountReads).toBeLessThan(2 * 200)
    expect(slice).not.toHaveBeenCalled()
  })

  test('shows rows and no blanks wherever the scrollbar is dragged', async () => {
    const { viewport } = await showLogs(runningWith(numbered(100_000)))
    for (const part of [0.5, 0.1, 0.9, 0, 0.333]) {
      await dragTo(viewport, Math.round(endOf(viewport) * part))
      const { texts, offsetPx } = visible(viewport)
      expect(offsetPx).toBeLessThanOrEqual(8)
      expect(texts.length).toBeGreaterThanOrEqual(15)
      const first = Number(texts[0]?.slice('line '.length))
      expect(Math.abs(first - viewport.scrollTop / rowPx)).toBeLessThanOrEqual(1)
      expect(texts).toEqual(numbered(texts.length, first))
    }
  })
})

describe('a log that grows', () => {
  test('is followed at its end, line by line and in bursts, with the line that has no end yet', async () => {
    let task = runningWith([])
    const { viewport, show, slot } = await showLogs(task)
    expect(slot('log-empty')).toHaveTextContent('No log lines yet')
    let count = 0
    for (const burst of [1, 3, 20, 1, 500, 1, 20_000, 2]) {
      task = withMore(task, numbered(burst, count + 1), { tail: `half of ${count + burst + 1}` })
      count += burst
      await show(task)
      expect(isAtEnd(viewport)).toBe(true)
      expect(visible(viewport).texts.slice(-2)).toEqual([`line ${count}`, `half of ${count + 1}`])
      expect(slot('log-follow')).toBeNull()
    }
    await show(withMore(task, ['the end']))
    expect(visible(viewport).texts.slice(-2)).toEqual([`line ${count}`, 'the end'])
  })

  test('is followed when it forgets as much as it learns', async () => {
    let task = withMore(runningWith([]), numbered(1000), { maxLines: 1000 })
    const { viewport, show, slot } = await showLogs(task)
    task = withMore(task, numbered(700, 1001), { maxLines: 1000 })
    await show(task)
    expect(visible(viewport).texts.at(-1)).toBe('line 1700')
    expect(rowsOf(viewport).at(-1)?.textContent).toBe('1700line 1700')
    expect(slot('log-dropped')).toHaveTextContent('700 earlier lines are not kept')
  })

  test('is followed through changes of the layout', async () => {
    let task = runningWith(numbered(500))
    const { viewport, show, slot } = await showLogs(task)
    for (const height of ['9rem', '30rem', '3rem', '20rem']) {
      viewport.style.setProperty('--ts-log-height', height)
      await painted()
      task = withMore(task, ['one more'])
      await show(task)
      expect(isAtEnd(viewport)).toBe(true)
    }
    await show(task, 300)
    expect(isAtEnd(viewport)).toBe(true)
    expect(slot('log-follow')).toBeNull()
  })

  test('is shown from its end again when it is the log of another task', async () => {
    const { viewport, show } = await showLogs(runningWith(numbered(500)))
    await userEvent.wheel(viewport, { delta: { y: -400 } })
    await painted()
    await show(showTask({ status: 'running', id: 'task_2', logs: numbered(300) }))
    const fresh = document.querySelector<HTMLElement>('[role="log"]')
    expect(fresh).not.toBeNull()
    expect(fresh !== null && isAtEnd(fresh)).toBe(true)
  })
})

describe('a reader who scrolls away', () => {
  const ways: readonly (readonly [how: string, act: (viewport: HTMLElement) => Promise<void>])[] = [
    ['with the wheel', (viewport) => userEvent.wheel(viewport, { delta: { y: -2000 } })],
    ['with the wheel, by one pixel', (viewport) => userEvent.wheel(viewport, { delta: { y: -1 } })],
    ['with the scrollbar', (viewport) => dragTo(viewport, endOf(viewport) - 1000)],
    [
      'with the keyboard',
      async (viewport) => {
        viewport.focus()
        await userEvent.keyboard('{PageUp}')
      },
    ],
    [
      'to the start',
      async (viewport) => {
        viewport.focus()
        await userEvent.keyboard('{Home}')
      },
    ],
  ]
  test.each(ways)('%s stays exactly where they are while more arrives', async (_, act) => {
    let task = runningWith(numbered(5000))
    const { viewport, show, slot } = await showLogs(task)
    await act(viewport)
    await scrollEnd(viewport)
    const top = viewport.scrollTop
    const before = visible(viewport)
    expect(top).toBeLessThan(endOf(viewport))
    for (let round = 1; round <= 10; round++) {
      task = withMore(task, numbered(50, 5000 + round * 50))
      await show(task)
    }
    expect(viewport.scrollTop).toBe(top)
    // More of the last row may be in view, and no other row.
    expect(visible(viewport).texts.slice(0, before.texts.length)).toEqual(before.texts)
    expect(visible(viewport).offsetPx).toBe(before.offsetPx)
    expect(slot('log-follow')).toHaveTextContent('Jump to the latest500 new')
  })

  test('sees the same lines in the same place while lines above them are forgotten', async () => {
    let task = withMore(runningWith([]), numbered(5000), { maxLines: 5000 })
    const { viewport, show } = await showLogs(task)
    await dragTo(viewport, 60_007)
    const before = visible(viewport)
    for (let round = 0; round < 8; round++) {
      task = withMore(task, numbered(200, 5001 + round * 200), { maxLines: 5000 })
      await show(task)
      expect(visible(viewport)).toEqual(before)
    }
    expect(viewport.scrollTop).toBe(60_007 - 1600 * rowPx)
  })

  test('is not taken back by a little movement down', async () => {
    let task = runningWith(numbered(5000))
    const { viewport, show } = await showLogs(task)
    await dragTo(viewport, 40_000)
    await dragTo(viewport, 40_300)
    const top = viewport.scrollTop
    task = withMore(task, ['one more'])
    await show(task)
    expect(viewport.scrollTop).toBe(top)
  })
})

describe('a reader who comes back', () => {
  const ways: readonly (readonly [how: string, act: (shown: Shown) => Promise<void>])[] = [
    [
      'with the End key',
      async ({ viewport }) => {
        viewport.focus()
        await userEvent.keyboard('{End}')
      },
    ],
    ['with the button', async ({ slot }) => userEvent.click(slot('log-follow') ?? document.body)],
    ['with the wheel', async ({ viewport }) => userEvent.wheel(viewport, { delta: { y: 9000 } })],
    ['with the scrollbar, nearly to the end', async ({ viewport }) => dragTo(viewport, endOf(viewport) - 20)],
  ]
  test.each(ways)('%s follows again', async (_, act) => {
    let task = runningWith(numbered(5000))
    const shown = await showLogs(task)
    const { viewport, show, slot } = shown
    await dragTo(viewport, endOf(viewport) - 3000)
    task = withMore(task, numbered(30, 5001))
    await show(task)
    await act(shown)
    await scrollEnd(viewport)
    expect(slot('log-follow')).toBeNull()
    task = withMore(task, numbered(300, 5031))
    await show(task)
    expect(isAtEnd(viewport)).toBe(true)
    expect(visible(viewport).texts.at(-1)).toBe('line 5330')
  })

  test('with the button has the keyboard on the log', async () => {
    const { viewport, slot } = await showLogs(runningWith(numbered(500)))
    await dragTo(viewport, 0)
    slot('log-follow')?.focus()
    await userEvent.keyboard('{Enter}')
    await painted()
    expect(document.activeElement).toBe(viewport)
  })
})

describe('a line', () => {
  test('that is long is scrolled to, and its number stays; lines that are not in view keep the room', async () => {
    const lines = [`${'long '.repeat(400)}end`, ...numbered(3000)]
    const { viewport } = await showLogs(runningWith(lines))
    await dragTo(viewport, 0)
    const width = viewport.scrollWidth
    expect(width).toBeGreaterThan(10 * viewport.clientWidth)
    viewport.scrollLeft = 5000
    await painted()
    expect(viewport.scrollLeft).toBe(5000)
    const number = rowsOf(viewport)[0]?.querySelector('[data-slot="task-progress-log-number"]')
    const left = number?.getBoundingClientRect().left ?? 0
    expect(left).toBeCloseTo(viewport.getBoundingClientRect().left, 0)
    await dragTo(viewport, 30_000)
    expect(viewport.scrollLeft).toBe(5000)
    expect(viewport.scrollWidth).toBe(width)
  })

  test('is text: no markup, no escapes, no controls', async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    const { viewport } = await showLogs(
      runningWith(['\u001b[1;31mred\u001b[0m\u0007 alert', hostile, '\u202egnp.exe']),
    )
    expect(visible(viewport).texts).toEqual(['red alert', hostile, 'gnp.exe'])
    expect(viewport.querySelectorAll('img, script')).toHaveLength(0)
  })

  test('of 300,000 characters is cut', async () => {
    const { viewport } = await showLogs(runningWith(['a'.repeat(300_000)]))
    expect(visible(viewport).texts[0]).toHaveLength(10_000)
  })
})

describe('rows of another height', () => {
  test('are measured, and the line at the top stays', async () => {
    const { viewport } = await showLogs(runningWith(numbered(5000)))
    await dragTo(viewport, 40_000)
    const [first] = visible(viewport).texts
    const style = document.createElement('style')
    style.textContent = '[data-slot="task-progress-log-line"] { block-size: 31.5px }'
    document.head.append(style)
    try {
      await painted()
      expect(viewport.scrollHeight).toBeGreaterThanOrEqual(5000 * 31.5)
      expect(visible(viewport).texts[0]).toBe(first)
      await dragTo(viewport, endOf(viewport))
      expect(visible(viewport).texts.at(-1)).toBe('line 5000')
    } finally {
      style.remove()
    }
  })
})

describe('the button that copies', () => {
  test('copies every line as text, and says so', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue()
    const { slot } = await showLogs(runningWith(['\u001b[32mone\u001b[0m', 'two']))
    await userEvent.click(slot('copy') ?? document.body)
    expect(writeText).toHaveBeenCalledExactlyOnceWith('one\ntwo')
    expect(slot('copy')).toHaveTextContent('Copied')
  })

  test('says when it was not allowed to', async () => {
    vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('', 'NotAllowedError'))
    const { slot } = await showLogs(runningWith(['one']))
    await userEvent.click(slot('copy') ?? document.body)
    await painted()
    expect(slot('copy')).toHaveTextContent('Not copied')
  })

  test('is not there without a clipboard, and where there is nothing to copy', async () => {
    const { slot, show } = await showLogs(runningWith([]))
    expect(slot('copy')).toBeNull()
    vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(undefined as never)
    await show(runningWith(['one']))
    expect(slot('copy')).toBeNull()
  })
})

test.each(['light', 'dark'])('the log has no fault that axe finds, in %s', async (theme) => {
  document.documentElement.dataset['theme'] = theme
  document.body.style.background = 'var(--ts-ground)'
  try {
    let task = withMore(runningWith([]), numbered(500), { maxLines: 400, tail: 'half' })
    const { viewport, show } = await showLogs(task)
    await dragTo(viewport, 0)
    task = withMore(task, ['one more'], { maxLines: 401 })
    await show(task)
    // What fades in is looked at when it is there: halfway, no text has its contrast.
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().endTime !== Infinity) animation.finish()
    const { violations } = await axe.run(viewport.closest('main') ?? document.body)
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  } finally {
    delete document.documentElement.dataset['theme']
    document.body.style.background = ''
  }
})

/** After the animation of a wheel or a key: three times three frames without movement. */
async function scrollEnd(viewport: HTMLElement): Promise<void> {
  let top = Number.NaN
  for (let still = 0; still < 3;) {
    await painted()
    still = viewport.scrollTop === top ? still + 1 : 0
    top = viewport.scrollTop
  }
}

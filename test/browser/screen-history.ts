/** What the card of one task showed at a moment. */
export interface ShownCard {
  /** Epoch milliseconds. */
  readonly atMs: number
  /** Which card of the page, from 0. */
  readonly index: number
  /** The word for the status of the task. */
  readonly status: string
  /** `ConnectionInfo.state`, as styles see it; `null` where no badge is shown. */
  readonly connection: string | null
  /** The words of the badge; `null` where none is shown. */
  readonly badge: string | null
  readonly percent: string | null
  readonly lines: readonly string[]
  readonly output: string | null
}

declare global {
  interface Window {
    /** What the page has shown so far, one entry for each change of a card. */
    screenHistory: ShownCard[]
  }
}

/** Records `window.screenHistory`. Runs in the page, before anything of it, so it holds all that it needs. */
export function recordScreen(): void {
  const history: ShownCard[] = []
  const last: string[] = []
  window.screenHistory = history

  const slot = (name: string): string => `[data-slot='task-progress${name}']`
  const look = (): void => {
    for (const [index, card] of document.querySelectorAll(slot('')).entries()) {
      const textOf = (name: string): string | null => card.querySelector(slot(name))?.textContent ?? null
      const lines = card.querySelectorAll(`${slot('-log-line')}:not([data-probe]) ${slot('-log-text')}`)
      const shown = {
        status: textOf('-status-text') ?? '',
        connection: card.querySelector(slot('-connection'))?.getAttribute('data-connection') ?? null,
        badge: textOf('-connection-text'),
        percent: textOf('-percent'),
        lines: Array.from(lines, (line) => line.textContent),
        output: textOf('-output'),
      }
      const key = JSON.stringify(shown)
      if (last[index] === key) continue
      last[index] = key
      history.push({ atMs: Date.now(), index, ...shown })
    }
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  })
}

/** The words for a status in the order in which a task goes through them. */
const order = [
  'Loading',
  'Not started',
  'Starting',
  'Received',
  'In the queue',
  'Worker found',
  'Preparing',
  'Starting the app',
  'Setting up',
  'Running',
  'Saving the result',
  'Completed',
]

/**
 * What one page has shown that it may never show, whatever happened to its line: log lines that are doubled, missing, of
 * another task or out of their order, a log that loses its last lines, a status that goes back, or one that the task never
 * had.
 */
export function faultsIn(history: readonly ShownCard[]): string[] {
  const before = new Map<number, ShownCard>()
  return history.flatMap((card) => {
    const last = before.get(card.index)
    before.set(card.index, card)
    const { lines, status } = card
    const faults: string[] = []
    // A log that grows at once may show its end before its beginning is on the screen.
    const first = lines[0]
    const next = first === undefined ? [] : lines.map((_, index) => after(first, index))
    if (lines.some((line, index) => line !== next[index])) faults.push(`the lines ${lines.join(', ')}`)
    if (numberOf(lines.at(-1)) < numberOf(last?.lines.at(-1))) faults.push(`${lines.at(-1)} as its last line`)
    if (!order.includes(status)) faults.push(`the status ${status}`)
    if (order.indexOf(status) < order.indexOf(last?.status ?? status)) faults.push(`${status} too late`)
    return faults.map(
      (fault) => `card ${card.index} showed ${fault}, after ${last?.status}, ${last?.lines.at(-1)}`,
    )
  })
}

/** The line that comes `count` lines after this one, see `linesUpTo`. */
function after(line: string, count: number): string {
  return line.replace(/\d+$/, (number) => String(Number(number) + count))
}

function numberOf(line: string | undefined): number {
  return Number(/\d+$/.exec(line ?? '')?.[0] ?? 0)
}

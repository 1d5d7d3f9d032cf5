import type { LogLines } from '@taskstream/core'
import {
  memo,
  useEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type ReactNode,
  type RefObject,
} from 'react'
import { useTaskProgress } from './context.tsx'
import { CopyButton } from './copy-button.tsx'
import { Icon } from './icon.tsx'
import { plainLine } from './plain-line.ts'
import { useBeforePaint } from './use-before-paint.ts'
import { usePinnedScroll } from './use-pinned-scroll.ts'
import { useRowWindow } from './use-row-window.ts'

/** Props of {@link LogView}. */
export interface LogViewProps {
  readonly lines: LogLines
  /** The line that has no end yet; `''` where there is none. */
  readonly tail: string
}

/** Most rows that fit: browsers cut elements at 17 million pixels and more. */
const maxRows = 500_000

/**
 * A log that follows its end until the reader looks at something else. Of its rows only those in view are in the
 * document, so that mounting it and adding to it cost the same for ten lines and for 200,000.
 */
export const LogView: (props: LogViewProps) => ReactNode = memo(function LogView({
  lines,
  tail,
}: LogViewProps) {
  const { labels, locale } = useTaskProgress('LogView')
  const viewport = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLDivElement>(null)
  const probe = useRef<HTMLDivElement>(null)
  const rowsElement = useRef<HTMLDivElement>(null)
  const { isPinned, jumpToEnd } = usePinnedScroll(viewport, canvas)

  const lineCount = lines.length + (tail === '' ? 0 : 1)
  const skipped = Math.max(0, lineCount - maxRows)
  const dropped = lines.droppedCount + skipped
  const rowCount = lineCount - skipped
  const total = lines.droppedCount + lines.length
  const { first, end, rowHeightPx } = useRowWindow({ viewport, probe, rowCount, isAtEnd: isPinned })
  const widestPx = useWidest(rowsElement)
  const newCount = useCountSince(total, isPinned)
  useKeptPosition(viewport, isPinned ? null : { dropped, rowHeightPx })

  const rows: ReactNode[] = []
  for (let index = first; index < end; index++) {
    const number = dropped + index + 1
    const line = lines.at(skipped + index)
    rows.push(<LogRow key={number} number={number} line={line ?? tail} isTail={line === undefined} />)
  }
  const number = useMemo(() => new Intl.NumberFormat(locale), [locale])
  const jump = (): void => {
    jumpToEnd()
    // The button goes away, and the keyboard would be nowhere.
    viewport.current?.focus({ preventScroll: true })
  }
  const style = { '--ts-log-digits': String(dropped + rowCount).length } as CSSProperties
  return (
    <>
      {dropped > 0 && (
        <p data-slot="task-progress-log-dropped">{labels.logsDropped(number.format(dropped))}</p>
      )}
      <div data-slot="task-progress-log-frame" style={style}>
        <div
          ref={viewport}
          data-slot="task-progress-log-viewport"
          data-pinned={isPinned ? '' : undefined}
          role="log"
          aria-live="off"
          aria-label={labels.logs}
          // What scrolls must be reached by the keyboard.
          tabIndex={0}
          dir="ltr"
        >
          <div
            ref={canvas}
            data-slot="task-progress-log-canvas"
            style={{ blockSize: rowCount * rowHeightPx, minInlineSize: widestPx }}
          >
            <div ref={probe} data-slot="task-progress-log-line" data-probe="" aria-hidden="true">
              0
            </div>
            <div
              ref={rowsElement}
              data-slot="task-progress-log-rows"
              style={{ transform: `translateY(${first * rowHeightPx}px)` }}
            >
              {rows}
            </div>
          </div>
          {rowCount === 0 && <p data-slot="task-progress-log-empty">{labels.logsEmpty}</p>}
        </div>
        {total > 0 && (
          <CopyButton
            label={labels.logsCopy}
            text={() => Array.from(lines, (line) => plainLine(line, Infinity)).join('\n')}
          />
        )}
        {!isPinned && (
          <button type="button" data-slot="task-progress-log-follow" onClick={jump}>
            <Icon name="chevron" />
            {labels.logsFollow}
            {newCount > 0 && (
              <span data-slot="task-progress-log-new">{labels.logsNew(number.format(newCount))}</span>
            )}
          </button>
        )}
      </div>
    </>
  )
})

interface LogRowProps {
  readonly number: number
  readonly line: string
  readonly isTail: boolean
}

const LogRow = memo(function LogRow({ number, line, isTail }: LogRowProps) {
  return (
    <div data-slot="task-progress-log-line" data-tail={isTail ? '' : undefined}>
      <span data-slot="task-progress-log-number" aria-hidden="true">
        {number}
      </span>
      <span data-slot="task-progress-log-text">{plainLine(line)}</span>
    </div>
  )
})

/** Lines that came since the reader left the end. */
function useCountSince(total: number, isPinned: boolean): number {
  const [left, setLeft] = useState<number | null>(null)
  if (isPinned && left !== null) setLeft(null)
  if (!isPinned && left === null) setLeft(total)
  return left === null ? 0 : Math.max(0, total - left)
}

/** Width of the widest row that was ever in view, so that scrolling up and down does not move sideways. */
function useWidest(rows: RefObject<HTMLElement | null>): number {
  const [widestPx, setWidest] = useState(0)
  useEffect(() => {
    if (rows.current === null || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(([entry]) => {
      const widthPx = entry?.contentRect.width ?? 0
      setWidest((before) => Math.max(before, Math.ceil(widthPx)))
    })
    observer.observe(rows.current)
    return () => observer.disconnect()
  }, [rows])
  return widestPx
}

/** Leaves the line that a reader looks at where it is when lines above it are dropped or rows change their height. */
function useKeptPosition(
  viewport: RefObject<HTMLElement | null>,
  now: { readonly dropped: number; readonly rowHeightPx: number } | null,
): void {
  const before = useRef(now)
  useBeforePaint(() => {
    const was = before.current
    before.current = now
    if (was === null || now === null || viewport.current === null) return
    if (was.dropped === now.dropped && was.rowHeightPx === now.rowHeightPx) return
    const rowsAbove = viewport.current.scrollTop / was.rowHeightPx - (now.dropped - was.dropped)
    viewport.current.scrollTo({ top: rowsAbove * now.rowHeightPx, behavior: 'instant' })
  })
}

import { useCallback, useEffect, useState, useSyncExternalStore, type RefObject } from 'react'

/** The rows of a long list that are in view, and some around them. */
export interface RowWindow {
  /** Index of the first row to show. */
  readonly first: number
  /** Index after the last one. */
  readonly end: number
  /** Height of each row, in pixels; a fraction where the page is zoomed. */
  readonly rowHeightPx: number
}

/** What a {@link useRowWindow} looks at. */
export interface RowWindowInput {
  readonly viewport: RefObject<HTMLElement | null>
  /** A row that is always there, to measure. */
  readonly probe: RefObject<HTMLElement | null>
  readonly rowCount: number
  /** Whether the viewport is at the end, wherever that is; then scrolling does not concern us. */
  readonly isAtEnd: boolean
}

/** Until there is a layout, and on a server: the height in our stylesheet, and a viewport of about that many rows. */
const assumed = { rowHeightPx: 20, viewportPx: 400 }
/** Rows around the view, so that scrolling shows no gap before the next render. */
const overscan = 16
/** Rows that are scrolled by between two renders. */
const step = 8

/** Which rows to render; what it costs depends on the viewport and never on the number of rows. */
export function useRowWindow({ viewport, probe, rowCount, isAtEnd }: RowWindowInput): RowWindow {
  const { rowHeightPx, viewportPx } = useSizes(viewport, probe)
  const subscribe = useCallback(
    (listener: () => void) => {
      const element = viewport.current
      element?.addEventListener('scroll', listener, { passive: true })
      return () => element?.removeEventListener('scroll', listener)
    },
    [viewport],
  )
  // Why a store: React renders what it says at once, so that a scrollbar that is dragged shows rows and no blanks.
  const scrolledTo = useSyncExternalStore(
    subscribe,
    () => (isAtEnd ? -1 : Math.floor((viewport.current?.scrollTop ?? 0) / rowHeightPx / step) * step),
    () => -1,
  )
  const inView = Math.ceil(viewportPx / rowHeightPx) + 1
  const lastTop = Math.max(0, rowCount - inView)
  const top = isAtEnd || scrolledTo === -1 ? lastTop : Math.min(scrolledTo, lastTop)
  return {
    first: Math.max(0, top - overscan),
    end: Math.min(rowCount, top + inView + step + overscan),
    rowHeightPx,
  }
}

/** Sizes as they are laid out, followed through zoom, fonts and resizing. */
function useSizes(
  viewport: RefObject<HTMLElement | null>,
  probe: RefObject<HTMLElement | null>,
): typeof assumed {
  const [sizes, setSizes] = useState(assumed)
  useEffect(() => {
    const [view, row] = [viewport.current, probe.current]
    if (view === null || row === null || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver((entries) => {
      const viewportPx = view.clientHeight
      // Why not its rectangle on the screen: that is smaller while something around it is scaled.
      const box = entries.find(({ target }) => target === row)
      const rowHeightPx = box?.borderBoxSize[0]?.blockSize ?? box?.contentRect.height ?? null
      setSizes((before) => {
        // Nothing has a size while it is not displayed.
        const next = {
          rowHeightPx: rowHeightPx || before.rowHeightPx,
          viewportPx: viewportPx || before.viewportPx,
        }
        const isSame = next.rowHeightPx === before.rowHeightPx && next.viewportPx === before.viewportPx
        return isSame ? before : next
      })
    })
    observer.observe(view)
    observer.observe(row)
    return () => observer.disconnect()
  }, [viewport, probe])
  return sizes
}

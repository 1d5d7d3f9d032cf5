import { useEffect, useState, useSyncExternalStore, type RefObject } from 'react'
import { createPinnedScroll } from './pinned-scroll.ts'

/** What {@link usePinnedScroll} gives. */
export interface PinnedScrollState {
  /** Whether the viewport stays at the end of its content. */
  readonly isPinned: boolean
  /** Goes to the end and stays there; one identity. */
  readonly jumpToEnd: () => void
}

/**
 * Stays at the end of content that grows until the reader scrolls away, and again once they are back: by scrolling there,
 * with the End key, or with `jumpToEnd`.
 *
 * @param viewport - what scrolls; it must be there from the first render on, and so must `content`, its only child that grows
 * @param enabled - default `true`; `false` leaves the viewport alone
 */
export function usePinnedScroll(
  viewport: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
  enabled = true,
): PinnedScrollState {
  const [scroll] = useState(createPinnedScroll)
  const isPinned = useSyncExternalStore(scroll.subscribe, scroll.isPinned, scroll.isPinned)
  useEffect(() => {
    if (!enabled || viewport.current === null || content.current === null) return
    return scroll.attach(viewport.current, content.current)
  }, [scroll, viewport, content, enabled])
  useEffect(() => {
    if (enabled && typeof ResizeObserver === 'undefined') scroll.keepUp()
  })
  return { isPinned, jumpToEnd: scroll.jumpToEnd }
}

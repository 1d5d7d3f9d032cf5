/** Keeps a viewport at the end of its content until the reader leaves it. */
export interface PinnedScroll {
  readonly isPinned: () => boolean
  /** Listens to the reader and to the layout; the function it gives ends that. */
  readonly attach: (viewport: HTMLElement, content: HTMLElement) => () => void
  /** To be called after each change of the content where there is no `ResizeObserver`. */
  readonly keepUp: () => void
  readonly jumpToEnd: () => void
  readonly subscribe: (listener: () => void) => () => void
}

/** How near to the end, in pixels, a reader who scrolls down has returned: about one and a half lines. */
const nearPx = 32

const keysUp = new Set(['ArrowUp', 'PageUp', 'Home'])

/**
 * A {@link PinnedScroll} that is at the end.
 *
 * Only the reader lets go of the end: with the wheel, a finger, the keyboard or the scrollbar. Content that grows or
 * shrinks and a viewport that changes its size do not, because they never move the position up but to the new end.
 */
export function createPinnedScroll(): PinnedScroll {
  const listeners = new Set<() => void>()
  let viewport: HTMLElement | null = null
  let pinned = true
  // The position and the end of the scroll range when they were last looked at.
  let lastTop = 0
  let lastEnd = 0
  let touchY = 0

  const setPinned = (next: boolean): void => {
    if (next === pinned) return
    pinned = next
    for (const listener of listeners) listener()
  }
  const endOf = (element: HTMLElement): number => Math.max(0, element.scrollHeight - element.clientHeight)
  const keepUp = (): void => {
    if (viewport === null) return
    const end = endOf(viewport)
    if (end === 0) setPinned(true)
    if (pinned && Math.abs(end - viewport.scrollTop) > 0.5)
      viewport.scrollTo({ top: end, behavior: 'instant' })
    lastTop = viewport.scrollTop
    lastEnd = end
  }
  const jumpToEnd = (): void => {
    setPinned(true)
    keepUp()
  }
  const letGo = (): void => {
    if (viewport !== null && viewport.scrollTop > 0) setPinned(false)
  }
  const onScroll = (): void => {
    if (viewport === null) return
    const top = viewport.scrollTop
    const end = endOf(viewport)
    // A range that became shorter takes the position with it, to its end.
    const wasTaken = end < lastEnd && top >= end - 1
    if (top < lastTop - 0.5 && !wasTaken) setPinned(false)
    else if (top > lastTop && end - top <= nearPx) setPinned(true)
    lastTop = top
    lastEnd = end
  }
  const onWheel = (event: WheelEvent): void => {
    if (event.deltaY < 0 && !event.ctrlKey && !event.shiftKey) letGo()
  }
  const onTouchStart = (event: TouchEvent): void => {
    touchY = event.touches[0]?.clientY ?? 0
  }
  const onTouchMove = (event: TouchEvent): void => {
    if ((event.touches[0]?.clientY ?? 0) > touchY + 2) letGo()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== viewport || event.defaultPrevented || event.altKey) return
    if (event.key === 'End' && !event.shiftKey) {
      event.preventDefault()
      jumpToEnd()
    } else if (keysUp.has(event.key) || (event.key === ' ' && event.shiftKey)) letGo()
  }

  return {
    isPinned: () => pinned,
    keepUp,
    jumpToEnd,
    attach(element, content) {
      viewport = element
      const passive = { passive: true }
      element.addEventListener('scroll', onScroll, passive)
      element.addEventListener('wheel', onWheel, passive)
      element.addEventListener('touchstart', onTouchStart, passive)
      element.addEventListener('touchmove', onTouchMove, passive)
      element.addEventListener('keydown', onKeyDown)
      // It is told after layout and before paint: following costs no layout of its own and shows no frame behind.
      const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(keepUp)
      observer?.observe(element)
      observer?.observe(content)
      keepUp()
      return () => {
        viewport = null
        observer?.disconnect()
        element.removeEventListener('scroll', onScroll)
        element.removeEventListener('wheel', onWheel)
        element.removeEventListener('touchstart', onTouchStart)
        element.removeEventListener('touchmove', onTouchMove)
        element.removeEventListener('keydown', onKeyDown)
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

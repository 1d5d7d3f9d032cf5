import { useRef, type FocusEvent } from 'react'
import { useBeforePaint } from './use-before-paint.ts'

/** Handlers for the element around the buttons. */
export interface KeptFocus {
  readonly onFocus: (event: FocusEvent<HTMLElement>) => void
  readonly onBlur: () => void
}

/**
 * Keeps the keyboard in a tree of parts when the button that had it goes away: it goes to the element around, one Tab
 * before what can be done now. A browser would begin at the top of the page again.
 */
export function useKeptFocus(): KeptFocus {
  const held = useRef<{ readonly around: HTMLElement; readonly focused: HTMLElement } | null>(null)
  useBeforePaint(() => {
    if (held.current === null || held.current.focused.isConnected) return
    const { around } = held.current
    held.current = null
    const { activeElement } = document
    if (activeElement !== null && activeElement !== document.body) return
    // Why not the next button: a key that is held down would press it too, and cancel or start what was not meant.
    if (!around.hasAttribute('tabindex')) around.tabIndex = -1
    around.focus({ preventScroll: true })
  })
  return {
    onFocus({ currentTarget, target }) {
      held.current = target instanceof HTMLElement ? { around: currentTarget, focused: target } : null
    },
    // React tells of no blur by its own removals, so what it tells of is the reader's.
    onBlur() {
      held.current = null
    },
  }
}

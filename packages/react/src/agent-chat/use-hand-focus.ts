import type { RefObject } from 'react'
import { useBeforePaint } from '../task-progress/use-before-paint.ts'
import { useNewest } from '../use-newest.ts'

/**
 * Hands the focus over when an element goes away that has it: a browser would begin at the top of the page again. To be
 * used by a component that is there only as long as the element is.
 */
export function useHandFocus(element: RefObject<HTMLElement | null>, to: () => HTMLElement | null): void {
  const newest = useNewest(to)
  useBeforePaint(() => {
    const leaving = element.current
    return () => {
      if (leaving !== null && document.activeElement === leaving)
        newest.current()?.focus({ preventScroll: true })
    }
  }, [element, newest])
}

/** One observer for all elements of a page: what comes and goes together is told together, in the order of the page. */
let shared: {
  readonly observer: IntersectionObserver
  readonly listeners: Map<Element, (isThere: boolean) => void>
} | null = null

/**
 * Calls `enter` each time the element comes to the screen, and what it gave when the element leaves it. Where nobody can
 * tell, the element counts as there. The answer ends it.
 */
export function whileOnScreen(element: Element, enter: () => () => void): () => void {
  if (typeof IntersectionObserver === 'undefined') return enter()
  let leave: (() => void) | null = null
  const stop = watch(element, (isThere) => {
    if (isThere) leave ??= enter()
    else {
      leave?.()
      leave = null
    }
  })
  return () => {
    stop()
    leave?.()
  }
}

function watch(element: Element, listener: (isThere: boolean) => void): () => void {
  const { observer, listeners } = (shared ??= createShared())
  listeners.set(element, listener)
  observer.observe(element)
  return () => {
    observer.unobserve(element)
    listeners.delete(element)
    if (listeners.size > 0) return
    observer.disconnect()
    if (shared?.observer === observer) shared = null
  }
}

function createShared(): NonNullable<typeof shared> {
  const listeners = new Map<Element, (isThere: boolean) => void>()
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting)
  })
  return { observer, listeners }
}

/** How deep the element that is kept in place is looked for below a message. */
const maxDepth = 8

/**
 * Keeps what a reader looks at where it is when content above it comes, goes or changes its size, while `isFree` says that
 * the viewport follows nothing else. Browsers do this by themselves, but not all of them, and not at the very top, where
 * earlier messages are put in. The function it gives ends it.
 *
 * @param list - gives the element whose children are the messages
 */
export function keepAnchor(
  viewport: HTMLElement,
  content: HTMLElement,
  list: () => Element | null,
  isFree: () => boolean,
): () => void {
  let anchor: { readonly element: Element; readonly offsetPx: number } | null = null
  const edge = (): number => viewport.getBoundingClientRect().top
  const remember = (): void => {
    const top = edge()
    const element = isFree() ? findAnchor(list(), top) : null
    anchor = element === null ? null : { element, offsetPx: element.getBoundingClientRect().top - top }
  }
  const restore = (): void => {
    if (anchor !== null && isFree() && anchor.element.isConnected) {
      const movedPx = anchor.element.getBoundingClientRect().top - edge() - anchor.offsetPx
      if (Math.abs(movedPx) > 0.5) {
        viewport.scrollTo({ top: viewport.scrollTop + movedPx, behavior: 'instant' })
      }
    }
    remember()
  }
  viewport.addEventListener('scroll', remember, { passive: true })
  const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(restore)
  observer?.observe(content)
  observer?.observe(viewport)
  return () => {
    viewport.removeEventListener('scroll', remember)
    observer?.disconnect()
  }
}

/** The smallest element that begins the part of the list that is seen. */
function findAnchor(list: Element | null, edge: number): Element | null {
  if (list === null) return null
  let found = firstBelow(list.children, edge)
  for (let depth = 0; found !== null && depth < maxDepth; depth++) {
    if (found.getBoundingClientRect().top >= edge) return found
    const inner = firstBelow(found.children, edge)
    if (inner === null) return found
    found = inner
  }
  return found
}

/** The first of elements that follow one another that ends below `edge`. */
function firstBelow(elements: HTMLCollection, edge: number): Element | null {
  let [low, high] = [0, elements.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const bottom = elements[middle]?.getBoundingClientRect().bottom ?? 0
    if (bottom > edge) high = middle
    else low = middle + 1
  }
  return elements[low] ?? null
}

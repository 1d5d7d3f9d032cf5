/** As much of the `PerformanceObserver` of a browser as is needed here. */
export type ResourceObserver = new (
  onEntries: (list: { getEntries(): readonly { readonly name: string }[] }) => void,
) => {
  observe(options: { readonly type: 'resource'; readonly buffered: true }): void
  disconnect(): void
}

/**
 * Calls `onMultiplexed` once, when the browser says that it spoke HTTP/2 or HTTP/3 with the server of `originOf()`: there
 * streams share one connection, and the limit of six connections, which streams have to share over HTTP/1.1, is gone.
 *
 * Known from the Resource Timing of requests that have ended, those before the call included. An answer of another origin
 * than the page's that comes without `Timing-Allow-Origin` tells nothing, and neither does a runtime without a page: the
 * limit then stays, which is safe.
 *
 * @param originOf - the server's origin, asked for each time; `null` while it is not known
 * @param Observer - default: the browser's, `null` where there is none
 * @returns stops to watch; may be called any number of times
 * @see https://www.w3.org/TR/resource-timing/#dom-performanceresourcetiming-nexthopprotocol
 */
export function watchHttpVersion(
  originOf: () => string | null,
  onMultiplexed: () => void,
  Observer: ResourceObserver | null = browserObserver(),
): () => void {
  if (Observer === null) return () => {}
  const observer = new Observer((list) => {
    const origin = originOf()
    if (origin === null) return
    if (!list.getEntries().some((entry) => originOfUrl(entry.name) === origin && isMultiplexed(entry))) return
    stop()
    onMultiplexed()
  })
  const stop = (): void => observer.disconnect()
  observer.observe({ type: 'resource', buffered: true })
  return stop
}

/** Node has a `PerformanceObserver` too, but none that says how its `fetch` spoke: a page is what makes a browser. */
function browserObserver(): ResourceObserver | null {
  return 'document' in globalThis && typeof PerformanceObserver === 'function' ? PerformanceObserver : null
}

/** By the ALPN name of the protocol: `h2`, `h2c`, `h3`, and `hq` or `h3` with the number of a draft. */
function isMultiplexed(entry: object): boolean {
  return (
    'nextHopProtocol' in entry &&
    typeof entry.nextHopProtocol === 'string' &&
    /^(h2c?|h3|hq)\b/.test(entry.nextHopProtocol)
  )
}

function originOfUrl(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null
}

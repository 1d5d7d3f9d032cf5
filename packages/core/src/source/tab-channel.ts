import type { TabLocks } from './tab-lock.ts'

/** What is used of a `BroadcastChannel`: whatever one tab posts, every other one of the same name hears. */
export interface BroadcastPort {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  close(): void
}

/** By what the tabs of one origin agree. */
export interface Tabs {
  readonly locks: TabLocks
  /** Opens a port to every other one of this name. */
  readonly openChannel: (name: string) => BroadcastPort
}

/** The tabs of this browser, or `null` where they cannot agree: outside a secure context, and where there is no browser. */
export function browserTabs(): Tabs | null {
  if (!('isSecureContext' in globalThis) || !globalThis.isSecureContext) return null
  if (!('navigator' in globalThis) || !('locks' in navigator) || !('BroadcastChannel' in globalThis))
    return null
  return { locks: navigator.locks, openChannel: (name) => new BroadcastChannel(name) }
}

import { useSyncExternalStore } from 'react'

const never = (): (() => void) => () => {}

/**
 * Whether this is a page that lives: `false` on a server, and while a page takes over what a server rendered, so that both
 * render the same. What holds time, memory or a line is made only where it is `true`.
 */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}

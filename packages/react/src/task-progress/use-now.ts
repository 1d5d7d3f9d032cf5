import { createContext, useContext, useSyncExternalStore, type Context } from 'react'
import type { Ticker } from './ticker.ts'

/** The ticker of a tree of parts. Made by `Root`. */
export const TickerContext: Context<Ticker | null> = createContext<Ticker | null>(null)
TickerContext.displayName = 'TaskProgressTickerContext'

/**
 * Epoch milliseconds, renewed each second while `active`; `null` in server rendering, where no time would match the
 * browser's.
 */
export function useNow(active: boolean): number | null {
  return useNowAs(active, (nowMs) => nowMs)
}

/** What `read` makes of {@link useNow}: renders again only when that changes, so that minutes do not cost seconds. */
export function useNowAs(active: boolean, read: (nowMs: number) => number): number | null {
  const ticker = useContext(TickerContext)
  return useSyncExternalStore(
    active && ticker !== null ? ticker.subscribe : stayStill,
    () => (ticker === null ? null : read(ticker.nowMs())),
    () => null,
  )
}

function stayStill(): () => void {
  return () => {}
}

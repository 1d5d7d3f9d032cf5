/**
 * What a line has to know of the world around it.
 *
 * - `offline`, `online`: the browser says that there is no network, or one again;
 * - `hidden`, `visible`: the page went out of sight, or came back;
 * - `frozen`: the page is about to stand still, or to go into the back-forward cache: nothing of ours runs until `woken`;
 * - `woken`: time has passed in which nothing of ours ran (sleep, freeze, the back-forward cache), so that a line may have
 *   died unheard.
 */
export type SurroundingsSignal = 'offline' | 'online' | 'hidden' | 'visible' | 'frozen' | 'woken'

/** The world around a client: the network, the page and the machine. Give your own where there is no page. */
export interface Surroundings {
  /** Whether there may be a network; `true` where nobody can tell. */
  readonly isOnline: boolean
  /** Whether somebody may see the page; `true` where there is none. */
  readonly isVisible: boolean
  /** Holds listeners and timers of the runtime only while somebody is subscribed. */
  subscribe(listener: (signal: SurroundingsSignal) => void): () => void
}

/** A world that never changes: for programs without a page, and for tests. */
export const calmSurroundings: Surroundings = { isOnline: true, isVisible: true, subscribe: () => () => {} }

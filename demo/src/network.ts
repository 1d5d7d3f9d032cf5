import type { Surroundings, SurroundingsSignal } from '@taskstream/core'
import { fault, withFaults, type FaultyTransport, type TransportFault } from '@taskstream/core/testing'

/** What can be wrong with the way to the server, by the name that the page shows. */
export const troubles = {
  'All is well': [],
  'A proxy cuts after 2 kB': [fault.cutAfterBytes(2000, { url: '/stream', how: 'eof' })],
  'A proxy holds streams back': [fault.buffer({ url: '/stream' })],
  'Streams are refused (502)': [fault.refuse({ url: '/stream', status: 502 })],
  'Streams fall silent': [fault.stall({ url: '/stream', afterEvents: 3 })],
  'A login page answers': [fault.captivePortal({ url: '/stream' })],
} satisfies Readonly<Record<string, readonly TransportFault[]>>

/** A name of {@link troubles}. */
export type Trouble = keyof typeof troubles

/** The demo's own network, which can be broken without leaving the page. */
export interface DemoNetwork {
  /** In place of `fetch`. */
  readonly transport: FaultyTransport
  /** What the client hears of it. */
  readonly surroundings: Surroundings
  setOnline(isOnline: boolean): void
  setTrouble(trouble: Trouble): void
  /** Every open line breaks, and may be opened again at once. */
  cut(): void
}

/** A network in which all is well until somebody says otherwise. */
export function createDemoNetwork(): DemoNetwork {
  const listeners = new Set<(signal: SurroundingsSignal) => void>()
  const transport = withFaults((input, init) => fetch(input, init))
  let isOnline = true
  return {
    transport,
    surroundings: {
      get isOnline() {
        return isOnline
      },
      isVisible: true,
      subscribe(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    setOnline(next) {
      isOnline = next
      if (next) transport.goOnline()
      else transport.goOffline()
      for (const listener of listeners) listener(next ? 'online' : 'offline')
    },
    setTrouble: (trouble) => transport.setFaults(troubles[trouble]),
    cut() {
      if (!isOnline) return
      transport.goOffline()
      transport.goOnline()
    },
  }
}

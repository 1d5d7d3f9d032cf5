import type { Clock } from './clock.ts'
import type { Surroundings, SurroundingsSignal } from './surroundings.ts'

/** What a line does when the world around it changes. */
export interface PresenceListener {
  /** Nothing of ours is to be held now, or may be held again. */
  onHeld(): void
  onNetwork(isOnline: boolean): void
  /** Nothing of ours ran for a while, or a person is back; told once what came meanwhile has been read. */
  onAwake(): void
}

/** Whether a line may be held at all in this page, as it is now. */
export interface Presence {
  readonly isHeldBack: boolean
  /** Listens from now on; does nothing when it does already. */
  join(): void
  leave(): void
}

/** How long what was slept through may take to show that it lives, in milliseconds. */
export const proofMs = 500

/**
 * A page for one line: it stands still, is hidden, wakes, and loses its network.
 *
 * @param isKeptHidden - whether lines are held while nobody can see the page
 */
export function createPresence(
  clock: Clock,
  surroundings: Surroundings,
  isKeptHidden: boolean,
  listener: PresenceListener,
): Presence {
  let isFrozen = false
  let stopListening: (() => void) | null = null
  let stopProof = (): void => {}
  const isHeldBack = (): boolean => isFrozen || (!isKeptHidden && !surroundings.isVisible)

  const onSignal = (signal: SurroundingsSignal): void => {
    switch (signal) {
      case 'offline':
      case 'online':
        if (!isHeldBack()) listener.onNetwork(signal === 'online')
        return
      case 'hidden':
        if (isHeldBack()) stopProof()
        return listener.onHeld()
      case 'frozen':
        // A page that stands still reads nothing: its line would only hold a place.
        isFrozen = true
        stopProof()
        return listener.onHeld()
      case 'visible':
      case 'woken':
        isFrozen = false
        listener.onHeld()
        stopProof()
        if (!isHeldBack()) stopProof = clock.after(proofMs, () => listener.onAwake())
        return
      default:
        return signal satisfies never
    }
  }

  return {
    get isHeldBack() {
      return isHeldBack()
    },
    join() {
      stopListening ??= surroundings.subscribe(onSignal)
    },
    leave() {
      stopListening?.()
      stopListening = null
      stopProof()
      isFrozen = false
    },
  }
}

/** Counts who looks at something that may not be there yet, or be another by and by. */
export interface Lookers {
  /** Somebody looks; the answer takes that back. */
  look(): () => void
  /** Says what is looked at; `null` for nothing. */
  pointAt(next: { look(): () => void } | null): void
}

/** Nobody looks at nothing. */
export function createLookers(): Lookers {
  let count = 0
  let leave: (() => void) | null = null
  let target: { look(): () => void } | null = null
  const update = (): void => {
    leave?.()
    leave = target !== null && count > 0 ? target.look() : null
  }
  return {
    look() {
      let isLooking = true
      count++
      if (count === 1) update()
      return () => {
        if (!isLooking) return
        isLooking = false
        count--
        if (count === 0) update()
      }
    },
    pointAt(next) {
      if (next === target) return
      target = next
      update()
    },
  }
}

import { vi } from 'vitest'

/** Collects what would be reported as uncaught by `queueMicrotask`, until `vi.restoreAllMocks()`. */
export function catchUncaught(): readonly unknown[] {
  const caught: unknown[] = []
  const queue = globalThis.queueMicrotask
  vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((run) => {
    queue(() => {
      try {
        run()
      } catch (error) {
        caught.push(error)
      }
    })
  })
  return caught
}

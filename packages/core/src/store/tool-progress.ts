import type { Clock } from './clock.ts'

/** How often the progress of a tool is told at most, in milliseconds. */
export const progressEveryMs = 100

/** Thins out what a tool tells of its progress. */
export interface ToolProgress {
  submit(progress: unknown): void
  /** Tells what is still held back, where `isTold`, and nothing from then on. */
  end(isTold: boolean): void
}

/** Tells the first at once, and then the newest once per {@link progressEveryMs}. */
export function createToolProgress(clock: Clock, tell: (progress: unknown) => void): ToolProgress {
  let isEnded = false
  let held: { readonly progress: unknown } | null = null
  let stop: (() => void) | null = null

  function release(): void {
    if (held === null) return
    const { progress } = held
    held = null
    tell(progress)
  }

  function open(): void {
    stop = null
    if (held === null) return
    stop = clock.after(progressEveryMs, open)
    release()
  }

  return {
    submit(progress) {
      if (isEnded) return
      held = { progress }
      if (stop === null) open()
    },
    end(isTold) {
      if (isEnded) return
      isEnded = true
      stop?.()
      if (isTold) release()
    },
  }
}

import { createAttempt } from './attempt.ts'
import { narrowReach } from './narrow-reach.ts'
import type { Source } from './source.ts'

/**
 * A source whose code is loaded when somebody first listens to it, so that whoever never does pays nothing for it. An
 * attempt for which it cannot be loaded, as after a deploy, listens by `fallback`; the next one loads it again.
 */
export function lazySource(load: () => Promise<Source>, fallback: Source): Source {
  let loading: Promise<Source> | null = null
  const loaded = async (): Promise<Source> => {
    try {
      loading ??= load()
      return await loading
    } catch {
      loading = null
      return fallback
    }
  }
  return (reach) =>
    createAttempt(reach.signal, async function* listen(attempt) {
      const source = await attempt.wait(loaded())
      yield* source(narrowReach(reach, attempt))
    })
}

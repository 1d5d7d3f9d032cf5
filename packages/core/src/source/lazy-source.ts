import { StreamError } from '../errors.ts'
import { createAttempt } from './attempt.ts'
import type { Source } from './source.ts'

/**
 * A source whose code is loaded when somebody first listens to it, so that whoever never does pays nothing for it. What
 * cannot be loaded is a fault of the line, and loaded again by the next attempt.
 */
export function lazySource(load: () => Promise<Source>): Source {
  let loading: Promise<Source> | null = null
  const loaded = async (): Promise<Source> => {
    try {
      loading ??= load()
      return await loading
    } catch (cause) {
      loading = null
      throw new StreamError(
        'network',
        'A part of the program that listens could not be loaded, as after a deploy or without a network. It is tried again; if that does not help, load the page anew.',
        { retryable: true, cause },
      )
    }
  }
  return (reach) =>
    createAttempt(reach.signal, async function* listen(attempt) {
      const source = await attempt.wait(loaded())
      yield* source({ ...reach, signal: attempt.signal })
    })
}

import { runApart } from './run-apart.ts'

interface SharedListener {
  readonly calls: Set<() => void>
  readonly stop: () => void
}

const shared = new WeakMap<AbortSignal, SharedListener>()

/**
 * Calls `listener` when `signal` is aborted, unless it has left before, by what is returned. A signal that is aborted
 * already calls nobody.
 *
 * However many listen, the signal has one event listener of ours, since Node warns of a leak from the eleventh on. It has
 * none when the last has left: `AbortSignal.any` would leave something on a long-lived signal for every run.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const { calls, stop } = shared.get(signal) ?? listen(signal)
  const call = (): void => runApart(listener)
  calls.add(call)
  return () => {
    if (calls.delete(call) && calls.size === 0) stop()
  }
}

function listen(signal: AbortSignal): SharedListener {
  const calls = new Set<() => void>()
  const abort = (): void => {
    stop()
    for (const call of calls) call()
  }
  const stop = (): void => {
    signal.removeEventListener('abort', abort)
    shared.delete(signal)
  }
  const listener = { calls, stop }
  shared.set(signal, listener)
  signal.addEventListener('abort', abort)
  return listener
}

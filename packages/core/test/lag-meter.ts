/** Measures how late this process itself is, so that a busy machine is not mistaken for a slow line. */
export interface LagMeter {
  /** For how long nothing could run between two moments of `performance.now()`, in milliseconds. */
  lateMs(fromMs: number, untilMs: number): number
  stop(): void
}

const tickMs = 5

/** Begins to measure, by a timer that should come each 5 ms. */
export function createLagMeter(): LagMeter {
  const stalls: { readonly fromMs: number; readonly untilMs: number }[] = []
  let dueAtMs = performance.now() + tickMs
  const timer = setInterval(() => {
    const nowMs = performance.now()
    if (nowMs - dueAtMs > tickMs) stalls.push({ fromMs: dueAtMs, untilMs: nowMs })
    dueAtMs = nowMs + tickMs
  }, tickMs)
  return {
    lateMs: (fromMs, untilMs) =>
      stalls.reduce(
        (sum, stall) => sum + Math.max(0, Math.min(untilMs, stall.untilMs) - Math.max(fromMs, stall.fromMs)),
        0,
      ),
    stop: () => clearInterval(timer),
  }
}

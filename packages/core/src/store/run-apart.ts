/** Runs code that is not ours. What it throws is its own: reported as uncaught, while we go on. */
export function runApart(run: () => void): void {
  try {
    run()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

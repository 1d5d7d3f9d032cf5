/** How long something may take on a machine that is busy with everything else, in milliseconds. */
export const patienceMs: number = 30_000

/** Waits until `holds`, looking every 25 ms for half a minute. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const startMs = Date.now(); Date.now() - startMs < patienceMs;) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`It never came to this: ${holds.toString()}`)
}

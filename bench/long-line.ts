/**
 * How long one long message takes to become a frame, by its length: linear when twice the length takes twice as long.
 * Prints a table; run it with `pnpm bench`.
 */
import { createNdjsonDecoder } from '../packages/core/src/wire/ndjson.ts'
import { createSseDecoder } from '../packages/core/src/wire/sse.ts'
import type { FrameDecoder } from '../packages/core/src/wire/frame.ts'

const chunkCount = 1025
const runs = 7
const sizesMiB = [1, 2, 4, 8]

const wires: Readonly<Record<string, { make: () => FrameDecoder; wrap: (json: string) => string }>> = {
  NDJSON: { make: () => createNdjsonDecoder(), wrap: (json) => `${json}\n` },
  SSE: { make: () => createSseDecoder(), wrap: (json) => `data: ${json}\n\n` },
}

function cut(bytes: Uint8Array): Uint8Array[] {
  const size = Math.ceil(bytes.length / chunkCount)
  return Array.from({ length: chunkCount }, (_, index) => bytes.subarray(index * size, (index + 1) * size))
}

function measureMs(make: () => FrameDecoder, chunks: readonly Uint8Array[]): number {
  const decoder = make()
  const startedAt = performance.now()
  let frameCount = 0
  for (const chunk of chunks) frameCount += decoder.push(chunk).length
  const tookMs = performance.now() - startedAt
  if (frameCount !== 1) throw new Error(`Expected one frame, got ${frameCount}.`)
  return tookMs
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const rows = sizesMiB.map((sizeMiB): Record<string, string | number> => {
  const json = JSON.stringify({ text: 'x'.repeat(sizeMiB * 1024 * 1024) })
  const medians = Object.entries(wires).map(([name, { make, wrap }]) => {
    const chunks = cut(new TextEncoder().encode(wrap(json)))
    measureMs(make, chunks)
    return [
      `${name} ms`,
      median(Array.from({ length: runs }, () => measureMs(make, chunks))).toFixed(1),
    ] as const
  })
  return { 'MiB in 1,025 chunks': sizeMiB, ...Object.fromEntries<string>(medians) }
})
console.table(rows)

import type { FileDescription, UploadTarget } from '../protocol/protocol.ts'
import type { UploadProgress } from './task-view.ts'

/** What uploading needs. */
export interface UploadEnv {
  /** Asks the server where a file shall go. */
  readonly createTarget: (file: FileDescription, signal: AbortSignal) => Promise<UploadTarget>
  /** Puts the bytes there, telling how many of them have left. */
  readonly put: (
    url: string,
    blob: Blob,
    onSent: (sentBytes: number) => void,
    signal: AbortSignal,
  ) => Promise<void>
  readonly onProgress: (progress: UploadProgress) => void
  readonly signal: AbortSignal
}

/** Files on their way at the same time. */
const maxParallel = 3

/**
 * `input` with every `Blob` and `File` in it uploaded and replaced by its address. One that stands in several places is
 * uploaded once. Strings are never guessed to be files. The same reference when there is nothing to upload. The first file
 * that fails stops the others.
 *
 * @throws {StreamError} `upload-failed`, `aborted`, and what `createTarget` rejects with
 */
export async function uploadFiles(input: unknown, env: UploadEnv): Promise<unknown> {
  const blobs = [...new Set(findBlobs(input))]
  if (blobs.length === 0) return input
  const failed = new AbortController()
  const signal = AbortSignal.any([env.signal, failed.signal])
  const sent = new Map<Blob, number>()
  const totalBytes = blobs.reduce((sum, blob) => sum + blob.size, 0)
  const report = (): void => {
    if (failed.signal.aborted) return
    const sentBytes = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0)
    env.onProgress({ fileCount: blobs.length, sentBytes, totalBytes })
  }
  report()
  const addresses = new Map<Blob, string>()
  const waiting = blobs.values()
  const worker = async (): Promise<void> => {
    for (const blob of waiting) {
      if (failed.signal.aborted) return
      const target = await env.createTarget(describe(blob), signal)
      await env.put(
        target.uploadUrl,
        blob,
        (bytes) => {
          sent.set(blob, bytes)
          report()
        },
        signal,
      )
      sent.set(blob, blob.size)
      addresses.set(blob, target.uri)
      report()
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(maxParallel, blobs.length) }, worker))
  } catch (thrown) {
    failed.abort()
    throw thrown
  }
  return replaceBlobs(input, addresses)
}

/** Whether there is a `Blob` or `File` anywhere in a value. */
export function hasBlobs(value: unknown): boolean {
  return findBlobs(value).next().done !== true
}

function* findBlobs(value: unknown): Generator<Blob> {
  if (value instanceof Blob) yield value
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) yield* findBlobs(item)
}

function replaceBlobs(value: unknown, addresses: ReadonlyMap<Blob, string>): unknown {
  if (value instanceof Blob) return addresses.get(value)
  if (typeof value !== 'object' || value === null || !hasBlobs(value)) return value
  if (Array.isArray(value)) return value.map((item) => replaceBlobs(item, addresses))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceBlobs(item, addresses)]))
}

function describe(blob: Blob): FileDescription {
  const named = typeof File !== 'undefined' && blob instanceof File && blob.name !== ''
  return {
    filename: named ? blob.name : 'file',
    contentType: blob.type === '' ? 'application/octet-stream' : blob.type,
    sizeBytes: blob.size,
  }
}

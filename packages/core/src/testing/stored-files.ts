/** A file that was announced, and its bytes once they have come. */
export interface StoredFile {
  readonly id: string
  readonly filename: string
  readonly contentType: string
  /** `null` where nothing was announced: then any size is right. */
  readonly sizeBytes: number | null
  /** What the address of the upload has to carry. */
  readonly uploadSignature: string
  /** What the address of the file has to carry. */
  readonly readSignature: string
  /** Epoch milliseconds after which nothing is taken any more. */
  readonly uploadUntilMs: number
  readonly bytes: ArrayBuffer | null
}

/** The files of a simulator, in memory. */
export interface StoredFiles {
  add(file: Omit<StoredFile, 'bytes'>): void
  find(id: string): StoredFile | null
  fill(id: string, bytes: ArrayBuffer): void
}

/** Makes an empty store. Beyond `maxFiles` the oldest file is forgotten. */
export function createStoredFiles(maxFiles: number): StoredFiles {
  const files = new Map<string, StoredFile>()
  return {
    find: (id) => files.get(id) ?? null,
    add(file) {
      files.set(file.id, { ...file, bytes: null })
      for (const id of files.keys()) {
        if (files.size <= maxFiles) break
        files.delete(id)
      }
    },
    fill(id, bytes) {
      const file = files.get(id)
      if (file !== undefined) files.set(id, { ...file, bytes })
    },
  }
}

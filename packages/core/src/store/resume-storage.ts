import type { Clock } from './clock.ts'

/** A place for small strings that outlives the page, such as `sessionStorage`. */
export interface ResumeStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** A run that became a task, as a later page finds it. */
export interface RememberedRun {
  readonly taskId: string
  readonly runKey: string
  /** Epoch milliseconds. */
  readonly savedAt: number
}

/** Remembers which task a run became, so that a reload finds it and never starts it again. Ids only. */
export interface RunMemory {
  load(runKey: string): string | null
  /** Where the storage is full, the oldest of its own runs make room for the new one: it may still have to be found. */
  save(runKey: string, taskId: string): void
  forget(runKey: string): void
  /** What is remembered, newest first: the last {@link maxListedRuns}. What is too old is removed on the way. */
  list(): readonly RememberedRun[]
}

/** Version of what is stored; another version is not read. */
const version = 1

/** How long a run is found again, in milliseconds: a day. */
export const resumeTtlMs: number = 24 * 60 * 60 * 1000

/** Most runs that are listed. An older one is still found by its key, so that it is not started twice. */
export const maxListedRuns: number = 100

/** Most runs that are remembered. A newer one takes the place of the oldest, which is not found any more. */
export const maxRememberedRuns: number = 1000

/** Longest id and longest key that are believed, in UTF-16 units: what is stored, anybody in the page may have written. */
const maxNameChars = 256

/** What one more key takes in the list beside its own units: quotes and a comma. */
const separatorChars = 3

/** A list longer than this is not ours, and not worth reading. */
const maxListChars = 2 * maxRememberedRuns * maxNameChars

/**
 * A memory in `storage`. A storage that is forbidden or gone remembers nothing and breaks nothing.
 *
 * Tabs may share one. When two write at the same time, the list may lose the run of one: it is not listed then, but
 * found by its key, which has an entry of its own.
 *
 * @param scope - keeps the runs of one server apart from those of another
 */
export function createRunMemory(storage: ResumeStorage, scope: string, clock: Clock): RunMemory {
  const nameOf = (runKey: string, ofVersion = version): string => `taskstream:${ofVersion}:${scope}:${runKey}`
  /** Without a version, so that what another version left is found and cleared away. */
  const listName = `taskstream:list:${scope}`

  function read(runKey: string): RememberedRun | null {
    return attempt(() => {
      const stored: unknown = JSON.parse(storage.getItem(nameOf(runKey)) ?? 'null')
      if (typeof stored !== 'object' || stored === null || !('id' in stored) || !('savedAt' in stored))
        return null
      const { id, savedAt } = stored
      if (!isName(id) || typeof savedAt !== 'number') return null
      // A clock that was set back must not make a run immortal.
      return Math.abs(clock.now() - savedAt) < resumeTtlMs ? { taskId: id, runKey, savedAt } : null
    })
  }

  /** Keys of what is remembered, newest first. */
  function readKeys(): readonly string[] {
    const stored = attempt(() => readList(storage.getItem(listName)))
    if (stored === null || stored.version === version) return stored?.keys ?? []
    attempt(() => {
      for (const key of stored.keys) storage.removeItem(nameOf(key, stored.version))
      storage.removeItem(listName)
    })
    return []
  }

  /** Whether the storage took them. */
  function writeKeys(keys: readonly string[]): boolean {
    return succeeds(() => {
      if (keys.length === 0) storage.removeItem(listName)
      else storage.setItem(listName, JSON.stringify({ version, keys }))
    })
  }

  function drop(keys: readonly string[]): void {
    attempt(() => {
      for (const key of keys) storage.removeItem(nameOf(key))
    })
  }

  /** Drops what has no place beside one more, and the oldest as far as they are too old; gives those that stay. */
  function dropStale(keys: readonly string[]): readonly string[] {
    let length = Math.min(keys.length, maxRememberedRuns - 1)
    while (length > 0 && read(keys[length - 1] ?? '') === null) length--
    drop(keys.slice(length))
    return keys.slice(0, length)
  }

  /** What a run takes of the storage, in UTF-16 units: its entry, and its place in the list. */
  function charsOf(key: string, entry: string | null): number {
    return key.length + separatorChars + (entry === null ? 0 : nameOf(key).length + entry.length)
  }

  /** Drops the oldest, as many of them as take `chars` UTF-16 units; gives those that stay. */
  function makeRoom(keys: readonly string[], chars: number): readonly string[] {
    let freed = 0
    let length = keys.length
    while (length > 0 && freed < chars) {
      length--
      const key = keys[length] ?? ''
      const entry = attempt(() => storage.getItem(nameOf(key)))
      freed += charsOf(key, entry)
    }
    drop(keys.slice(length))
    return keys.slice(0, length)
  }

  return {
    load: (runKey) => read(runKey)?.taskId ?? null,
    save(runKey, taskId) {
      const entry = JSON.stringify({ id: taskId, savedAt: clock.now() })
      const older = dropStale(readKeys().filter((key) => key !== runKey))
      // The list first: what stands in it is cleared away some day, also when its entry is missing.
      const write = (keys: readonly string[]): boolean => {
        const isListed = writeKeys([runKey, ...keys])
        return succeeds(() => storage.setItem(nameOf(runKey), entry)) && isListed
      }
      if (!write(older)) write(makeRoom(older, charsOf(runKey, entry)))
    },
    forget(runKey) {
      attempt(() => storage.removeItem(nameOf(runKey)))
      const keys = readKeys()
      if (keys.includes(runKey)) writeKeys(keys.filter((key) => key !== runKey))
    },
    list() {
      const keys = readKeys()
      const runs = keys.map(read).filter((run) => run !== null)
      if (runs.length < keys.length) {
        const found = new Set(runs.map(({ runKey }) => runKey))
        drop(keys.filter((key) => !found.has(key)))
        writeKeys(keys.filter((key) => found.has(key)))
      }
      return runs.sort((a, b) => b.savedAt - a.savedAt).slice(0, maxListedRuns)
    },
  }
}

/** A list as some version of ours wrote it; `null` for anything else. */
function readList(
  text: string | null,
): { readonly version: number; readonly keys: readonly string[] } | null {
  if (text === null || text.length > maxListChars) return null
  const stored: unknown = JSON.parse(text)
  if (typeof stored !== 'object' || stored === null || !('version' in stored) || !('keys' in stored))
    return null
  const { version: ofVersion, keys } = stored
  if (typeof ofVersion !== 'number' || !Array.isArray(keys)) return null
  return { version: ofVersion, keys: [...new Set(keys.filter(isName))].slice(0, maxRememberedRuns) }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxNameChars
}

function attempt<T>(access: () => T): T | null {
  try {
    return access()
  } catch {
    return null
  }
}

function succeeds(access: () => void): boolean {
  try {
    access()
    return true
  } catch {
    return false
  }
}

/** The storage of this tab where there is one; `null` on a server, and where the browser forbids it. */
export function tabStorage(): ResumeStorage | null {
  return attempt(() => (typeof sessionStorage === 'undefined' ? null : sessionStorage))
}

import type { Clock } from './clock.ts'

/** A place for small strings that outlives the page, such as `sessionStorage`. */
export interface ResumeStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** Remembers which task a run became, so that a reload finds it and never starts it again. Ids only. */
export interface RunMemory {
  load(runKey: string): string | null
  save(runKey: string, taskId: string): void
  forget(runKey: string): void
}

/** Version of what is stored; another version is not read. */
const version = 1

/** How long a run is found again, in milliseconds: a day. */
export const resumeTtlMs: number = 24 * 60 * 60 * 1000

/**
 * A memory in `storage`. A storage that is full, forbidden or gone remembers nothing and breaks nothing.
 *
 * @param scope - keeps the runs of one server apart from those of another
 */
export function createRunMemory(storage: ResumeStorage, scope: string, clock: Clock): RunMemory {
  const nameOf = (runKey: string): string => `taskstream:${version}:${scope}:${runKey}`
  return {
    load(runKey) {
      return attempt(() => {
        const stored: unknown = JSON.parse(storage.getItem(nameOf(runKey)) ?? 'null')
        if (typeof stored !== 'object' || stored === null || !('id' in stored) || !('savedAt' in stored))
          return null
        const { id, savedAt } = stored
        if (typeof id !== 'string' || id === '' || typeof savedAt !== 'number') return null
        return clock.now() - savedAt < resumeTtlMs ? id : null
      })
    },
    save(runKey, taskId) {
      attempt(() => storage.setItem(nameOf(runKey), JSON.stringify({ id: taskId, savedAt: clock.now() })))
    },
    forget(runKey) {
      attempt(() => storage.removeItem(nameOf(runKey)))
    },
  }
}

function attempt<T>(access: () => T): T | null {
  try {
    return access()
  } catch {
    return null
  }
}

/** The storage of this tab where there is one; `null` on a server, and where the browser forbids it. */
export function tabStorage(): ResumeStorage | null {
  return attempt(() => (typeof sessionStorage === 'undefined' ? null : sessionStorage))
}

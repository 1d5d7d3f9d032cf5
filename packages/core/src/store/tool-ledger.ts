import type { Clock } from './clock.ts'
import type { ResumeStorage } from './resume-storage.ts'

/**
 * What a call of a client tool is to whoever asks for it first.
 *
 * - `ours`: nobody has begun it; from now on it has been begun.
 * - `interrupted`: it was begun, and no answer is known: by an earlier page, by another tab, or by ourselves before.
 * - `answered`: its answer was taken.
 */
export type ToolClaim = 'ours' | 'interrupted' | 'answered'

/** Remembers which calls of client tools have been begun, so that none is run twice. Ids only. */
export interface ToolLedger {
  /** Says `ours` once for each call, over everybody who shares the storage. Ask while holding the lock of the call. */
  claim(invocationId: string): ToolClaim
  /** The answer was taken, or nobody waits for it any more. */
  markAnswered(invocationId: string): void
}

interface Entry {
  readonly id: string
  readonly state: 'begun' | 'answered'
  /** Epoch milliseconds. */
  readonly at: number
}

/** Version of what is stored; another version is not read. */
const version = 1

/** How long a call is found again in the storage, in milliseconds: a day. */
export const toolTtlMs: number = 24 * 60 * 60 * 1000

/** Most calls that are stored; the oldest make room. */
export const maxStoredTools: number = 500

/** Most calls that one ledger remembers itself, whatever the storage does. */
const maxHeldTools = 5000

/** What is stored when there is no room for more. */
const leastStoredTools = 50

/** Longest id that is stored, in UTF-16 units. */
const maxIdChars = 256

/** A text longer than this is not ours, and not worth reading. */
const maxStoredChars = 2 * maxStoredTools * maxIdChars

/**
 * A ledger in `storage`, and in memory where that is forbidden, broken, full or `null`. What it remembers itself counts
 * first: a storage that was cleared makes no call run again in this page.
 *
 * Everything lies under one key. Two tabs that write in the same moment may lose the entry of one of them; each puts its
 * own back with whatever it writes next.
 *
 * @param scope - keeps the calls of one server apart from those of another
 */
export function createToolLedger(storage: ResumeStorage | null, scope: string, clock: Clock): ToolLedger {
  const key = `taskstream:tools:${version}:${scope}`
  /** In the order in which they were last changed. */
  const held = new Map<string, Entry>()

  // A clock that was set back must not make an entry immortal.
  const isFresh = ({ at }: Entry): boolean => Math.abs(clock.now() - at) < toolTtlMs

  function read(): readonly Entry[] {
    try {
      return readEntries(storage?.getItem(key) ?? null).filter(isFresh)
    } catch {
      return []
    }
  }

  function hold(entry: Entry): void {
    held.delete(entry.id)
    held.set(entry.id, entry)
    for (const id of held.keys()) {
      if (held.size <= maxHeldTools) return
      held.delete(id)
    }
  }

  function store(entries: readonly Entry[]): boolean {
    try {
      storage?.setItem(key, JSON.stringify(entries))
      return true
    } catch {
      return false
    }
  }

  function write(stored: readonly Entry[]): void {
    const all = new Map(stored.map((entry) => [entry.id, entry]))
    for (const entry of held.values()) {
      if (all.get(entry.id)?.state === 'answered') continue
      all.delete(entry.id)
      all.set(entry.id, entry)
    }
    // The sort keeps the order of what has one time, so that what was just changed comes last.
    const newest = [...all.values()]
      .filter((entry) => isFresh(entry) && entry.id.length <= maxIdChars)
      .sort((a, b) => a.at - b.at)
      .slice(-maxStoredTools)
    if (!store(newest)) store(newest.slice(-leastStoredTools))
  }

  return {
    claim(id) {
      const stored = read()
      const known = [held.get(id), stored.find((entry) => entry.id === id)].filter(
        (entry) => entry !== undefined,
      )
      const [first] = known
      if (first !== undefined) {
        const isAnswered = known.some(({ state }) => state === 'answered')
        hold({ ...first, state: isAnswered ? 'answered' : 'begun' })
        return isAnswered ? 'answered' : 'interrupted'
      }
      hold({ id, state: 'begun', at: clock.now() })
      write(stored)
      return 'ours'
    },
    markAnswered(id) {
      hold({ id, state: 'answered', at: clock.now() })
      write(read())
    },
  }
}

function readEntries(text: string | null): readonly Entry[] {
  if (text === null || text.length > maxStoredChars) return []
  const stored: unknown = JSON.parse(text)
  return Array.isArray(stored) ? stored.filter(isEntry).slice(-maxStoredTools) : []
}

function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'state' in value &&
    (value.state === 'begun' || value.state === 'answered') &&
    'at' in value &&
    typeof value.at === 'number'
  )
}

/**
 * The storage that the tabs of this browser share and that outlives them, where there is one; `null` on a server, and where
 * the browser forbids it.
 */
export function browserStorage(): ResumeStorage | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage
  } catch {
    return null
  }
}

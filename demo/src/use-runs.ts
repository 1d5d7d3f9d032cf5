import type { RunConfig } from '@taskstream/core'
import { useEffect, useState } from 'react'

/** A run that the page shows. Its key tells it apart from another run of the same config. */
export interface DemoRun {
  readonly key: string
  readonly name: string
  readonly config: RunConfig
}

const storageKey = 'taskstream-demo:runs'

/** The runs of this tab, newest first. A reload shows them again and starts none twice. */
export function useRuns(): {
  readonly runs: readonly DemoRun[]
  readonly add: (name: string, config: RunConfig) => void
  readonly remove: (key: string) => void
} {
  const [runs, setRuns] = useState(readRuns)
  useEffect(() => {
    // A file does not survive a reload, so a run with one is shown only until then.
    sessionStorage.setItem(storageKey, JSON.stringify(runs.filter((run) => !hasFile(run.config.input))))
  }, [runs])
  return {
    runs,
    add: (name, config) => setRuns((before) => [{ key: crypto.randomUUID(), name, config }, ...before]),
    remove: (key) => setRuns((before) => before.filter((run) => run.key !== key)),
  }
}

function readRuns(): readonly DemoRun[] {
  const stored: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? '[]')
  return Array.isArray(stored) ? stored.filter(isRun) : []
}

function isRun(value: unknown): value is DemoRun {
  return typeof value === 'object' && value !== null && 'key' in value && 'name' in value && 'config' in value
}

function hasFile(input: unknown): boolean {
  return (
    typeof input === 'object' && input !== null && Object.values(input).some((value) => value instanceof Blob)
  )
}

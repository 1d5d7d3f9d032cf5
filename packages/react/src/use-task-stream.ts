import type { ResumeStorage, RunConfig } from '@taskstream/core'
import { useCallback, useMemo, useState } from 'react'
import { idleFollower } from './idle-follower.ts'
import { useClient } from './provider.tsx'
import { isSameConfig } from './same-config.ts'
import { useTaskCallbacks, type TaskCallbacks } from './task-callbacks.ts'
import { describeView, extendInfo, type TaskActions, type TaskInfo } from './task-info.ts'
import { throttleStore, type Throttle } from './throttle-store.ts'
import { useActions } from './use-actions.ts'
import { useHydrated } from './use-hydrated.ts'
import { useLive } from './use-live.ts'
import { useNewest } from './use-newest.ts'
import { useSame } from './use-same.ts'

/** Options of {@link useTaskStream}. Times are milliseconds. */
export interface TaskStreamOptions extends TaskCallbacks {
  /** Whether to start and watch; default `true`. */
  readonly enabled?: boolean
  /** Tells two runs of one config apart. */
  readonly key?: string
  /** How long to watch before giving up with a `timeout` error; default for as long as it takes. The task goes on. */
  readonly timeout?: number
  /** Whether a timeout also cancels the task; default `false`. */
  readonly cancelOnTimeout?: boolean
  /** Whether a reload finds the run again instead of starting it twice, or a storage of your own; default `true`. */
  readonly resume?: boolean | ResumeStorage
  /** How often this component is told; default `'frame'`. */
  readonly throttle?: Throttle
}

/** What {@link useTaskStream} gives. */
export interface TaskStreamResult extends TaskInfo, TaskActions {
  /** Runs the config again, as a new task, when the last one has ended, was not accepted or is not there any more. */
  readonly retry: () => void
  /**
   * Runs a config by hand, each time as a new task, in place of what is shown, until the config of the hook becomes
   * another one. Not found again after a reload.
   */
  readonly start: (config: RunConfig) => void
}

/**
 * Starts a task and watches it: one request and one line, however many components ask for the same config, StrictMode
 * included. The same config, in whatever object, is the same run. Unmounting stops watching and leaves the task alone.
 *
 * @param config - what to run; `null` runs nothing until `start`. What differs at each render, such as a random seed or a
 *   new `Blob`, has to be made outside of the render or in a `useState`: a new config is a new run, and React stops the
 *   component with "Too many re-renders"
 * @example const { status, progress, output, cancel } = useTaskStream({ app: 'acme/flux', input: { prompt } })
 */
export function useTaskStream(config: RunConfig | null, options: TaskStreamOptions = {}): TaskStreamResult {
  const { enabled = true, key, timeout, cancelOnTimeout, resume, throttle = 'frame' } = options
  const client = useClient()
  const hydrated = useHydrated()
  const stable = useSame(config, isSameConfig)
  const [byHand, setByHand] = useState<RunByHand | null>(null)
  const follower = useMemo(() => {
    if (!enabled || !hydrated) return idleFollower
    const limits = {
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      ...(cancelOnTimeout === undefined ? {} : { cancelOnTimeout }),
    }
    if (byHand !== null && byHand.inPlaceOf === stable)
      return client.follow.run(byHand.config, { ...limits, key: byHand.key, resume: false })
    if (stable === null) return idleFollower
    return client.follow.run(stable, {
      ...limits,
      ...(key === undefined ? {} : { key }),
      ...(resume === undefined ? {} : { resume }),
    })
  }, [client, enabled, hydrated, stable, byHand, key, timeout, cancelOnTimeout, resume])
  const store = useMemo(() => throttleStore(follower, throttle), [follower, throttle])
  const info = useLive(store, describeView)
  const actions = useActions(follower)
  const newest = useNewest(stable)
  const start = useCallback(
    (next: RunConfig) => {
      startCount++
      setByHand({ config: next, key: `by hand ${startCount}`, inPlaceOf: newest.current })
    },
    [newest],
  )
  useTaskCallbacks(follower === idleFollower ? null : follower, options)
  return useMemo(() => extendInfo(info, { ...actions, start }), [info, actions, start])
}

interface RunByHand {
  readonly config: RunConfig
  readonly key: string
  /** The config of the hook when it was started: another one takes over. */
  readonly inPlaceOf: RunConfig | null
}

/** Runs started by hand in this page: each has a key of its own. */
let startCount = 0

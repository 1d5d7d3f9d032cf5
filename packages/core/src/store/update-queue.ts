import { joinUpdates, type TaskUpdate } from './task-update.ts'

/** Updates that wait to be taken before those of one status are joined. */
const maxWaiting = 256

/** Updates in order, each for one reader; a slow reader gets them joined, and loses none. */
export interface UpdateQueue {
  push(update: TaskUpdate): void
  /** No more will come; with an error, the first reader that asks after the last update is told. */
  end(error: Error | null): void
  next(): Promise<IteratorResult<TaskUpdate, undefined>>
}

/** An empty queue. */
export function createUpdateQueue(): UpdateQueue {
  let waiting: TaskUpdate[] = []
  /** The lines of the last update that waits, once it is a joined one: ours to grow until it is taken. */
  let joinedLogs: string[] | null = null
  let ended: { readonly error: Error | null } | null = null
  let sleeping: (() => void)[] = []

  function wakeAll(): void {
    const wakes = sleeping
    sleeping = []
    for (const wake of wakes) wake()
  }

  return {
    push(update) {
      const last = waiting.at(-1)
      if (waiting.length >= maxWaiting && last?.status === update.status) {
        joinedLogs ??= [...last.logs]
        for (const line of update.logs) joinedLogs.push(line)
        waiting[waiting.length - 1] = joinUpdates(last, update, joinedLogs)
      } else {
        waiting.push(update)
        joinedLogs = null
      }
      wakeAll()
    },
    end(error) {
      ended ??= { error }
      wakeAll()
    },
    async next() {
      for (;;) {
        const [update, ...rest] = waiting
        if (update !== undefined) {
          waiting = rest
          return { done: false, value: update }
        }
        if (ended !== null) {
          const { error } = ended
          ended = { error: null }
          if (error !== null) throw error
          return { done: true, value: undefined }
        }
        await new Promise<void>((resolve) => {
          sleeping.push(resolve)
        })
      }
    },
  }
}

/** The shape of {@link taskKeys}. */
export interface TaskKeys {
  /** Everything that is ours. */
  readonly all: readonly ['taskstream']
  /** Every list of tasks. */
  readonly lists: readonly ['taskstream', 'tasks']
  /** One task. */
  readonly task: (id: string) => readonly ['taskstream', 'task', string]
}

/** Keys of what TanStack Query holds for us, for prefetching, reading and invalidating. */
export const taskKeys: TaskKeys = {
  all: ['taskstream'],
  lists: ['taskstream', 'tasks'],
  task: (id) => ['taskstream', 'task', id],
}

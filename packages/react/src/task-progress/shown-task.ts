import type { TaskActions, TaskInfo } from '../task-info.ts'

/** A task as the parts show it: what a hook of ours gives. */
export interface ShownTask extends TaskInfo, Omit<TaskActions, 'look'> {
  /** Missing where it does not matter who looks. */
  readonly look?: TaskActions['look']
  /** Runs it again; missing where there is no config to run. */
  readonly retry?: () => void
  /** Whether its first snapshot is still on its way; missing where there is none to wait for. */
  readonly isLoading?: boolean
}

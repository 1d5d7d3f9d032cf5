import { initialView, type LiveStore, type RunFollower, type TaskView } from '@taskstream/core'

const idleStore: LiveStore<TaskView> = {
  getState: () => initialView,
  getInitialState: () => initialView,
  subscribe: () => () => {},
}

/** Stands for no task: shows nothing, follows nothing, and has nothing to cancel. */
export const idleFollower: RunFollower = {
  store: idleStore,
  live: idleStore,
  observe: () => () => {},
  cancel: () => Promise.resolve(),
  retry: () => {},
  disconnect: () => {},
  reconnect: () => {},
  look: () => () => {},
}

import { englishLabels, type TaskProgressLabels } from './labels.ts'

/** Any of the labels; of a group of labels, any of the group. */
export type SomeTaskProgressLabels = {
  readonly [K in keyof TaskProgressLabels]?: TaskProgressLabels[K] extends
    | string
    | ((value: string) => string)
    ? TaskProgressLabels[K]
    : Partial<TaskProgressLabels[K]>
}

/** `given` over the English labels. */
export function mergeLabels(given: SomeTaskProgressLabels = {}): TaskProgressLabels {
  return {
    ...englishLabels,
    ...given,
    status: { ...englishLabels.status, ...given.status },
    stage: { ...englishLabels.stage, ...given.stage },
    stageState: { ...englishLabels.stageState, ...given.stageState },
    connection: { ...englishLabels.connection, ...given.connection },
    errorTitle: { ...englishLabels.errorTitle, ...given.errorTitle },
    announce: { ...englishLabels.announce, ...given.announce },
  }
}

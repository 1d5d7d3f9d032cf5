import { createContext, useContext, type Context } from 'react'
import { englishLabels, type TaskProgressLabels } from './labels.ts'

/** The words of what shows an output. */
export type OutputLabels = Pick<
  TaskProgressLabels,
  | 'blockedUrl'
  | 'copied'
  | 'copy'
  | 'copyFailed'
  | 'download'
  | 'mediaFailed'
  | 'more'
  | 'openFile'
  | 'output'
>

/** How what shows an output speaks, wherever the output comes from. */
export interface Words {
  readonly labels: OutputLabels
  /** BCP 47 tag for numbers; `undefined` is the browser's. */
  readonly locale: string | undefined
}

/** Made by the root of a tree of parts; English without one. */
export const WordsContext: Context<Words> = createContext<Words>({
  labels: englishLabels,
  locale: undefined,
})
WordsContext.displayName = 'TaskstreamWordsContext'

/** The words of the nearest root. */
export function useWords(): Words {
  return useContext(WordsContext)
}

import { useSyncExternalStore, type ReactNode } from 'react'
import { useWords } from './words.ts'
import { usePassing } from './use-passing.ts'

/** Props of {@link CopyButton}. */
export interface CopyButtonProps {
  /** What the button says; default `labels.copy`. */
  readonly label?: string
  /** Makes the text when it is asked for, and not before. */
  readonly text: () => string
}

const shownMs = 2000

/** Copies a text and says so for two seconds. Not there where the browser lets no page write to the clipboard. */
export function CopyButton({ label, text }: CopyButtonProps): ReactNode {
  const { labels } = useWords()
  const [result, setResult] = usePassing<'copied' | 'failed'>(shownMs)
  const canCopy = useSyncExternalStore(neverChanges, hasClipboard, () => false)
  if (!canCopy) return null
  const copy = (): void => {
    navigator.clipboard.writeText(text()).then(
      () => setResult('copied'),
      () => setResult('failed'),
    )
  }
  const said = { copied: labels.copied, failed: labels.copyFailed }
  return (
    <button type="button" data-slot="task-progress-copy" data-result={result ?? undefined} onClick={copy}>
      <span aria-live="polite">{result === null ? (label ?? labels.copy) : said[result]}</span>
    </button>
  )
}

function neverChanges(): () => void {
  return () => {}
}

/** Without a secure connection there is none, whatever the types say. */
function hasClipboard(): boolean {
  const clipboard: unknown = Reflect.get(navigator, 'clipboard')
  return typeof clipboard === 'object' && clipboard !== null
}

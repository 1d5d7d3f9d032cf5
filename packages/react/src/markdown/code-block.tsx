import { useMemo, type ReactElement } from 'react'
import { CopyButton } from '../task-progress/copy-button.tsx'
import { splitBlocks } from '../task-progress/text-blocks.ts'
import { useWords, WordsContext, type Words } from '../task-progress/words.ts'
import type { MarkdownLabels } from './labels.ts'
import type { Highlight } from './markdown-settings.ts'
import { useHighlighted } from './use-highlighted.ts'

/** Props of a block of code. */
export interface CodeBlockProps {
  readonly code: string
  /** First word after the fence, empty without one. */
  readonly language: string
  /** Whether more of it may come. */
  readonly isOpen: boolean
  /** Colours it when it is whole; `null` leaves it plain. */
  readonly highlight: Highlight | null
  readonly labels: MarkdownLabels
}

/** Code with its language, a button that copies it, and a box that scrolls and that the keyboard reaches. */
export function CodeBlock({ code, language, isOpen, highlight, labels }: CodeBlockProps): ReactElement {
  const highlighted = useHighlighted(code, language, isOpen ? null : highlight)
  const words = useCopyWords(labels)
  return (
    <figure data-slot="markdown-code" dir="ltr">
      <figcaption data-slot="markdown-code-head">
        <span data-slot="markdown-code-language">{language === '' ? labels.code : language}</span>
        {!isOpen && (
          <WordsContext.Provider value={words}>
            <CopyButton text={() => code} />
          </WordsContext.Provider>
        )}
      </figcaption>
      <pre data-slot="markdown-code-box" role="group" aria-label={labels.codeName(language)} tabIndex={0}>
        <code>{highlighted ?? <PlainCode code={code} />}</code>
      </pre>
    </figure>
  )
}

/** Long code in parts, so that a line that is added at the end lays out the last one only. */
function PlainCode({ code }: { readonly code: string }): ReactElement {
  const parts = splitBlocks(code)
  if (parts.length === 1) return <>{code}</>
  return (
    <>
      {parts.map((part, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- a part is its place: only the last one changes
        <span key={index} data-slot="markdown-code-part">
          {part}
        </span>
      ))}
    </>
  )
}

function useCopyWords({ copy, copied, copyFailed }: MarkdownLabels): Words {
  const words = useWords()
  return useMemo(() => {
    const given = {
      ...(copy !== undefined && { copy }),
      ...(copied !== undefined && { copied }),
      ...(copyFailed !== undefined && { copyFailed }),
    }
    return { ...words, labels: { ...words.labels, ...given } }
  }, [words, copy, copied, copyFailed])
}

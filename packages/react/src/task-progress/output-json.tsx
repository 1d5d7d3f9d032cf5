import type { JsonPiece } from '@taskstream/core'
import { useState, type ReactElement } from 'react'
import { useWords } from './words.ts'
import { CopyButton } from './copy-button.tsx'

/** Nodes of a list or an object that are shown at first, and each time more are asked for. */
const pageItems = 100
/** Deeper than this is shown as one line of text. */
const maxDepth = 12
/** Most characters of a text or a name that are shown. */
const maxChars = 1000
/** A node with more in it than this begins folded, and so does what lies deeper than the second level. */
const maxOpenItems = 24

/** This many plain values are shown open even beside other output. */
const maxShortItems = 4

/** Names that a folded object shows of its own. */
const maxPeekChars = 48

/** Props of {@link OutputJson}. */
export interface OutputJsonProps {
  readonly piece: JsonPiece
  /** Whether it is all there is; else it begins folded. */
  readonly isAlone: boolean
}

/** Any value as a tree that folds. What is folded is not in the document. */
export function OutputJson({ piece: { value }, isAlone }: OutputJsonProps): ReactElement {
  return (
    <div data-slot="task-progress-json">
      <div data-slot="task-progress-json-tree" dir="ltr">
        <JsonNode name={null} value={value} depth={0} isFolded={!isAlone && !isShort(value)} />
      </div>
      <CopyButton text={() => toText(value)} />
    </div>
  )
}

interface JsonNodeProps {
  /** `null` for the value itself. */
  readonly name: string | null
  readonly value: unknown
  readonly depth: number
  readonly isFolded?: boolean
}

function JsonNode({ name, value, depth, isFolded = false }: JsonNodeProps): ReactElement {
  if (typeof value !== 'object' || value === null || depth >= maxDepth) {
    return (
      <div data-slot="task-progress-json-leaf">
        <JsonName name={name} />
        <JsonValue value={value} />
      </div>
    )
  }
  return <JsonBranch name={name} value={value} depth={depth} isFolded={isFolded} />
}

function JsonBranch({
  name,
  value,
  depth,
  isFolded,
}: Required<JsonNodeProps> & { readonly value: object }): ReactElement {
  const { labels, locale } = useWords()
  const isList = Array.isArray(value)
  const names = isList ? null : Object.keys(value)
  const count = isList ? value.length : (names?.length ?? 0)
  const [isOpen, setOpen] = useState(!isFolded && (depth === 0 || (depth < 2 && count <= maxOpenItems)))
  const [shownCount, setShownCount] = useState(pageItems)
  const shown = Math.min(count, shownCount)
  const keys = isOpen
    ? (names?.slice(0, shown) ?? Array.from({ length: shown }, (_, index) => String(index)))
    : []
  return (
    <details
      data-slot="task-progress-json-branch"
      open={isOpen}
      onToggle={(event) => {
        if (event.target === event.currentTarget) setOpen(event.currentTarget.open)
      }}
    >
      <summary data-slot="task-progress-json-summary">
        <JsonName name={name} />
        <span data-slot="task-progress-json-count">
          {isOpen || names === null ? countOf(count, isList) : peek(names)}
        </span>
      </summary>
      <div data-slot="task-progress-json-items">
        {keys.map((key) => {
          const item: unknown = Reflect.get(value, key)
          return <JsonNode key={key} name={key} value={item} depth={depth + 1} />
        })}
        {isOpen && shown < count && (
          <button
            type="button"
            data-slot="task-progress-json-more"
            onClick={() => setShownCount(shown + pageItems)}
          >
            {labels.more(new Intl.NumberFormat(locale).format(count - shown))}
          </button>
        )}
      </div>
    </details>
  )
}

/** Whether a value is no more than a few plain ones, so that folding it would save nothing. */
function isShort(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  const items: unknown[] = Object.values(value)
  return items.length <= maxShortItems && items.every((item) => typeof item !== 'object' || item === null)
}

function countOf(count: number, isList: boolean): string {
  return isList ? `[${count}]` : `{${count}}`
}

/** The first names of an object, such as `{ seed, prompt, … }`. */
function peek(names: readonly string[]): string {
  let text = ''
  for (const [index, name] of names.entries()) {
    const more = index === 0 ? name : `${text}, ${name}`
    if (more.length > maxPeekChars) return text === '' ? `{ … }` : `{ ${text}, … }`
    text = more
  }
  return text === '' ? '{}' : `{ ${text} }`
}

function JsonName({ name }: Pick<JsonNodeProps, 'name'>): ReactElement | null {
  if (name === null) return null
  return (
    <>
      <span data-slot="task-progress-json-name">{clip(name)}</span>
      <span data-slot="task-progress-json-colon">: </span>
    </>
  )
}

function JsonValue({ value }: { readonly value: unknown }): ReactElement {
  const type = value === null ? 'null' : typeof value
  const text = type === 'string' || type === 'object' ? toText(value, clip) : String(value)
  return (
    <span data-slot="task-progress-json-value" data-type={type}>
      {clip(text)}
    </span>
  )
}

function clip(text: string): string {
  return text.length > maxChars ? `${text.slice(0, maxChars)}…` : text
}

/** As JSON; what JSON has no word for as it says itself. */
function toText(value: unknown, read: (text: string) => string = (text) => text): string {
  try {
    const json: unknown = JSON.stringify(typeof value === 'string' ? read(value) : value, null, 2)
    return typeof json === 'string' ? json : String(value)
  } catch {
    return String(value)
  }
}

/** Every word that `<Markdown>` shows or speaks besides the text. */
export interface MarkdownLabels {
  /** Above code of no known language. */
  readonly code: string
  /** Names a box of code that scrolls, for screen readers; `language` is empty when nothing is known of it. */
  readonly codeName: (language: string) => string
  /** Names the box of a table that scrolls, for screen readers. */
  readonly table: string
  /** In place of an image that is not loaded; `alt` and `host` are empty when nothing is known of them. */
  readonly image: (alt: string, host: string) => string
  /** A button. Default: the word of the nearest root of task or chat parts. */
  readonly copy?: string
  readonly copied?: string
  readonly copyFailed?: string
}

/** English. */
export const englishMarkdownLabels: MarkdownLabels = {
  code: 'Code',
  codeName: (language) => (language === '' ? 'Code' : `Code, ${language}`),
  table: 'Table',
  image: (alt, host) => `Image${alt === '' ? '' : `: ${alt}`}${host === '' ? '' : ` (${host})`}`,
}

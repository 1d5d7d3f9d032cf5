import type { ComponentPropsWithoutRef, ComponentType, ReactNode } from 'react'
import type { CodeBlockProps } from './code-block.tsx'
import type { MarkdownLabels } from './labels.ts'

/** Tags that a text becomes. */
export type MarkdownTag =
  | 'a'
  | 'blockquote'
  | 'br'
  | 'code'
  | 'del'
  | 'em'
  | 'h1'
  | 'h2'
  | 'h3'
  | 'h4'
  | 'h5'
  | 'h6'
  | 'hr'
  | 'img'
  | 'li'
  | 'ol'
  | 'p'
  | 'strong'
  | 'table'
  | 'tbody'
  | 'td'
  | 'th'
  | 'thead'
  | 'tr'
  | 'ul'

/** Components that stand in for tags: each gets the props of its tag. Addresses in them are judged already. */
export type MarkdownComponents = {
  readonly [Tag in MarkdownTag]?: ComponentType<ComponentPropsWithoutRef<Tag>>
} & {
  /** In place of the whole of a block of code. */
  readonly codeBlock?: ComponentType<CodeBlockProps>
}

/**
 * Whether images are loaded: all, none, or those of which a function of the address says so. Whatever is loaded tells its
 * server that, and when, the message was read.
 */
export type AllowImages = boolean | ((url: string) => boolean)

/**
 * Colours code: what it gives stands in place of the plain text, within the `code` element. It is called after the paint that
 * shows the block whole, and may load its library then. A promise that fails leaves the code plain. Give elements, never HTML
 * that was made of the code by hand.
 */
export type Highlight = (code: string, language: string) => ReactNode | Promise<ReactNode>

/** How a text is shown. */
export interface MarkdownSettings {
  readonly allowImages: AllowImages
  readonly components: MarkdownComponents
  /** Added to the level of each heading, up to 6. */
  readonly headingOffset: number
  /** `null` without one. */
  readonly highlight: Highlight | null
  readonly labels: MarkdownLabels
}

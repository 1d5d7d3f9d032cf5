/** What stands within a line of text. */
export type InlineNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'break' }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'em' | 'strong' | 'del'; readonly children: readonly InlineNode[] }
  | LinkNode
  | ImageNode

/** An address as it was written: nothing has judged it yet. */
export interface LinkNode {
  readonly type: 'link'
  readonly href: string
  /** `null` without one. */
  readonly title: string | null
  readonly children: readonly InlineNode[]
}

/** A picture whose address nothing has judged yet. */
export interface ImageNode {
  readonly type: 'image'
  readonly src: string
  /** Its words, without markup. */
  readonly alt: string
  /** `null` without one. */
  readonly title: string | null
}

/** How a column of a table is aligned; `null` where the table says nothing. */
export type Alignment = 'left' | 'center' | 'right' | null

/** What makes up a document, from blocks down to words. */
export type MarkdownNode =
  | InlineNode
  | { readonly type: 'paragraph'; readonly children: readonly MarkdownNode[] }
  | { readonly type: 'quote'; readonly children: readonly MarkdownNode[] }
  | {
      readonly type: 'heading'
      /** 1 to 6, as written. */
      readonly level: number
      readonly children: readonly MarkdownNode[]
    }
  | ListNode
  | ItemNode
  | TableNode
  | RowNode
  | CellNode
  | CodeBlockNode
  | { readonly type: 'rule' }

/** A list; its children are items. */
export interface ListNode {
  readonly type: 'list'
  readonly isOrdered: boolean
  /** Number of the first item. */
  readonly start: number
  readonly children: readonly MarkdownNode[]
}

/** An item of a list. */
export interface ItemNode {
  readonly type: 'item'
  /** `null` unless it is one of a list of tasks. */
  readonly isChecked: boolean | null
  readonly children: readonly MarkdownNode[]
}

/** A table; its children are rows, the first is the head. */
export interface TableNode {
  readonly type: 'table'
  readonly children: readonly MarkdownNode[]
}

/** A row of a table. */
export interface RowNode {
  readonly type: 'row'
  readonly children: readonly MarkdownNode[]
}

/** A cell of a row. */
export interface CellNode {
  readonly type: 'cell'
  readonly isHead: boolean
  readonly align: Alignment
  readonly children: readonly MarkdownNode[]
}

/** Lines of code. */
export interface CodeBlockNode {
  readonly type: 'code-block'
  /** First word after the fence, empty without one; at most 40 characters. */
  readonly language: string
  /** Without the last line end. */
  readonly text: string
}

/** What stands on its own between blank lines, say. */
export interface MarkdownBlock {
  /** Where it begins in the text, in characters with each line end as one; it keeps it while the text grows. */
  readonly start: number
  /** Whether more text may still become a part of it. */
  readonly isOpen: boolean
  readonly node: MarkdownNode
}

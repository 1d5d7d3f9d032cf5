export { Markdown, type MarkdownProps } from './markdown.tsx'
export { CodeBlock, type CodeBlockProps } from './code-block.tsx'
export { englishMarkdownLabels, type MarkdownLabels } from './labels.ts'
export type { AllowImages, Highlight, MarkdownComponents, MarkdownTag } from './markdown-settings.ts'

import type { ToolCall, ToolKind } from '@taskstream/core'
import type { ChatIconName } from './icon.tsx'
import type { AgentChatLabels } from './labels.ts'

/** The icon of a kind of tool. */
export const toolIcons: Readonly<Record<ToolKind, ChatIconName>> = {
  client: 'browser',
  app: 'app',
  agent: 'agent',
  hook: 'hand',
  http: 'globe',
  call: 'tool',
  mcp: 'plug',
  internal: 'tool',
  unknown: 'tool',
}

/** The icon of where a call stands. */
export const toolStatusIcons: Readonly<Record<ToolCall['status'], ChatIconName>> = {
  streaming: 'spinner',
  pending: 'spinner',
  in_progress: 'spinner',
  awaiting_input: 'hand',
  awaiting_approval: 'hand',
  completed: 'check',
  failed: 'alert',
  cancelled: 'stopped',
  unknown: 'waiting',
}

/** Longest line that is made of arguments, in UTF-16 units. */
const maxPeekChars = 120
const maxPeekEntries = 4

/** The name of a call for people. */
export function toolName({ displayName, name }: ToolCall): string {
  return displayName ?? name
}

/** Where a call stands, in words. */
export function toolStatusWords({ status, local }: ToolCall, labels: AgentChatLabels): string {
  if (local?.status === 'running') return labels.toolRunningHere
  return local?.status === 'submitting' ? labels.toolSubmitting : labels.toolStatus[status]
}

/** The first arguments of a call in one line; `''` where there are none. */
export function peekArguments(args: unknown): string {
  if (typeof args === 'string') return clip(args)
  if (typeof args !== 'object' || args === null) return ''
  const values: readonly (readonly [string, unknown])[] = Object.entries(args).slice(0, maxPeekEntries)
  const [only] = values
  if (values.length === 1 && typeof only?.[1] === 'string') return clip(only[1])
  return clip(values.map(([name, value]) => `${name}: ${plain(value)}`).join(', '))
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, maxPeekChars)
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? `[${value.length}]` : '{…}'
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > maxPeekChars ? `${line.slice(0, maxPeekChars)}…` : line
}

/** How far a tool is, of what it told: a share from 0 to 1, words, or something else. */
export interface ToolProgress {
  readonly fraction: number | null
  readonly text: string | null
}

/** Reads what a tool told of its progress; `null` where it told nothing that people can read. */
export function readProgress(progress: unknown): ToolProgress | null {
  if (typeof progress === 'number') return readShare(progress, null)
  if (typeof progress === 'string') return progress === '' ? null : { fraction: null, text: progress }
  if (typeof progress !== 'object' || progress === null) return null
  const read = (name: string): unknown => (Object.hasOwn(progress, name) ? Reflect.get(progress, name) : null)
  const [current, total, message] = [
    read('current') ?? read('progress'),
    read('total'),
    read('message') ?? read('text'),
  ]
  const text = typeof message === 'string' && message !== '' ? message : null
  if (typeof current === 'number') {
    const share = typeof total === 'number' && total > 0 ? current / total : current
    return readShare(share, text ?? (typeof total === 'number' ? `${current} / ${total}` : null))
  }
  return text === null ? null : { fraction: null, text }
}

function readShare(share: number, text: string | null): ToolProgress | null {
  if (!Number.isFinite(share)) return text === null ? null : { fraction: null, text }
  return { fraction: Math.min(1, Math.max(0, share)), text }
}

/** What a failed call says of its failure; `null` where it says nothing. */
export function readFailure(result: string | null): string | null {
  if (result === null || result.trim() === '') return null
  const value = parseJson(result)
  if (typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'string') {
    return value.error
  }
  return typeof value === 'string' ? value : result
}

/** The value of a JSON text, else the text. */
export function parseJson(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

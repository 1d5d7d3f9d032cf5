import { describeOutput, type ToolCall } from '@taskstream/core'
import { useMemo, type ReactElement, type ReactNode } from 'react'
import { OutputPieceView } from '../task-progress/output-piece-view.tsx'
import { useAgentChat } from './context.tsx'
import { errorWords } from './error-words.ts'
import { ChatIcon } from './icon.tsx'
import { JsonValue } from './json-value.tsx'
import { parseJson, readFailure, readProgress } from './tool-words.ts'

/** Most characters of arguments, or of a result, that are shown. */
const maxChars = 20_000
/** Longer results are not read as JSON. */
const maxJsonChars = 1_000_000

/** The arguments of a call, as far as they are written. */
export function ToolArguments({ call }: { readonly call: ToolCall }): ReactNode {
  const { labels } = useAgentChat('ToolCall')
  const { args, argsText } = call
  const isEmpty = typeof args === 'object' && args !== null && Object.keys(args).length === 0
  if ((args === undefined || args === null || isEmpty) && argsText.trim().length <= 2) return null
  const isTree = typeof args === 'object' && args !== null && argsText.length <= maxChars
  return (
    <div data-slot="agent-chat-tool-section" role="group" aria-label={labels.toolArguments}>
      <p data-slot="agent-chat-tool-heading" aria-hidden="true">
        {labels.toolArguments}
      </p>
      {isTree ? <JsonValue value={args} /> : <PlainPre text={argsText} />}
    </div>
  )
}

/** What a call answered. */
export function ToolResult({ call: { result, status } }: { readonly call: ToolCall }): ReactNode {
  const { labels } = useAgentChat('ToolCall')
  const pieces = useMemo(() => {
    if (result === null || status === 'failed') return []
    return describeOutput(result.length > maxJsonChars ? result.slice(0, maxChars) : parseJson(result))
  }, [result, status])
  if (pieces.length === 0) return null
  return (
    <div data-slot="agent-chat-tool-section" role="group" aria-label={labels.toolResult}>
      <p data-slot="agent-chat-tool-heading" aria-hidden="true">
        {labels.toolResult}
      </p>
      <div data-slot="agent-chat-tool-pieces">
        {pieces.map((piece) => (
          <OutputPieceView
            key={piece.key}
            piece={
              piece.kind === 'text' && piece.text.length > maxChars
                ? { ...piece, text: `${piece.text.slice(0, maxChars)}…` }
                : piece
            }
            isStreaming={false}
            isAlone={pieces.length === 1}
          />
        ))}
      </div>
    </div>
  )
}

/** How far a tool of this browser is. */
export function ToolProgress({ call }: { readonly call: ToolCall }): ReactElement | null {
  const { labels, locale } = useAgentChat('ToolCall')
  const progress = call.local?.status === 'running' ? readProgress(call.local.progress) : null
  if (progress === null) return null
  const { fraction, text } = progress
  const percent =
    fraction === null
      ? null
      : new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(fraction)
  return (
    <div data-slot="agent-chat-tool-progress">
      {fraction !== null && (
        <div
          data-slot="agent-chat-tool-track"
          role="progressbar"
          aria-label={labels.toolProgress}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(fraction * 100)}
        >
          <div data-slot="agent-chat-tool-bar" style={{ inlineSize: `${fraction * 100}%` }} />
        </div>
      )}
      <span dir="auto">{text ?? percent}</span>
    </div>
  )
}

/** Why a call failed, or could not be answered from here, and what the server wants first. */
export function ToolFailure({ call }: { readonly call: ToolCall }): ReactNode {
  const { labels } = useAgentChat('ToolCall')
  const requirements = readRequirements(call.data)
  const { status, local, result } = call
  const error = local?.error ?? null
  const reason = error === null ? (status === 'failed' ? readFailure(result) : null) : errorWords(error)
  const hasFailed = status === 'failed' || error !== null
  if (!hasFailed && requirements.length === 0) return null
  return (
    <div data-slot="agent-chat-tool-failure">
      <ChatIcon name="alert" />
      <div>
        {requirements.length > 0 ? (
          <>
            <p>{labels.requirements}</p>
            <ul>
              {requirements.map(({ key, message }) => (
                <li key={`${key}:${message}`} dir="auto">
                  {key !== '' && <code>{key}</code>} {message}
                </li>
              ))}
            </ul>
          </>
        ) : (
          <p dir="auto">{(reason ?? labels.toolFailed).slice(0, maxChars)}</p>
        )}
      </div>
    </div>
  )
}

function PlainPre({ text }: { readonly text: string }): ReactElement {
  const { labels, locale } = useAgentChat('ToolCall')
  const rest = text.length - maxChars
  return (
    <pre data-slot="agent-chat-pre" dir="ltr" tabIndex={0}>
      {rest > 0 ? text.slice(0, maxChars) : text}
      {rest > 0 && labels.more(new Intl.NumberFormat(locale).format(rest))}
    </pre>
  )
}

interface ShownRequirement {
  readonly key: string
  readonly message: string
}

function readRequirements(data: ToolCall['data']): readonly ShownRequirement[] {
  const errors = data?.['requirement_errors']
  if (!Array.isArray(errors)) return []
  return errors.flatMap((error: unknown) => {
    if (typeof error !== 'object' || error === null) return []
    const read = (name: string): string => {
      const value: unknown = Object.hasOwn(error, name) ? Reflect.get(error, name) : null
      return typeof value === 'string' ? value : ''
    }
    const [key, message] = [read('key'), read('message')]
    return key === '' && message === '' ? [] : [{ key, message }]
  })
}

import { safeUrl, type ToolCall } from '@taskstream/core'
import { useId, useState, type FormEvent, type ReactElement } from 'react'
import { useAgentChat } from './context.tsx'
import { ElicitationField } from './elicitation-field.tsx'
import { readFieldValue, type FieldValue, type InputField, type InputRequest } from './elicitation-fields.ts'
import { CommandError } from './command-error.tsx'
import { ChatIcon } from './icon.tsx'
import { useCommand } from './use-command.ts'

/** Props of {@link Elicitation}. */
export interface ElicitationProps {
  readonly call: ToolCall
  readonly requests: readonly InputRequest[]
}

/** Answers by the key of the question and the name of the field. */
type Values = Readonly<Record<string, FieldValue>>

/** Questions of an MCP server as a form. All of them are answered at once, declined or cancelled. */
export function Elicitation({ call, requests }: ElicitationProps): ReactElement {
  const { chat, labels } = useAgentChat('ToolCall')
  const { isPending, isDone, error, run } = useCommand()
  const [values, setValues] = useState<Values>(() => initialValues(requests))
  const [wasSent, setSent] = useState(false)
  const id = useId()
  const isClosed = isPending || isDone
  const problemOf = (request: InputRequest, field: InputField): string | null => {
    const value = readFieldValue(field, values[keyOf(request, field)] ?? '')
    if (value === null) return labels.elicitInvalid
    return value === undefined && field.isRequired ? labels.elicitRequired : null
  }
  const answer = (action: 'accept' | 'decline' | 'cancel'): void => {
    if (isClosed) return
    const entries = requests.map((request): [string, unknown] => {
      if (action !== 'accept') return [request.key, { action }]
      const content = request.fields.flatMap((field): [string, unknown][] => {
        const value = readFieldValue(field, values[keyOf(request, field)] ?? '')
        return value === undefined ? [] : [[field.name, value]]
      })
      return [
        request.key,
        request.url === null ? { action, content: Object.fromEntries(content) } : { action },
      ]
    })
    run(() => chat.submitToolResult(call.id, Object.fromEntries(entries)))
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    setSent(true)
    const isWhole = requests.every((request) =>
      request.fields.every((field) => problemOf(request, field) === null),
    )
    if (isWhole) return answer('accept')
    const form = event.currentTarget
    // After the render that marks it.
    requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  return (
    <form
      data-slot="agent-chat-elicitation"
      noValidate
      aria-label={labels.toolStatus.awaiting_input}
      onSubmit={submit}
    >
      {requests.map((request, place) => (
        <fieldset key={request.key} disabled={isClosed}>
          <legend dir="auto">{request.message}</legend>
          {request.url !== null && <PageLink url={request.url} />}
          {request.fields.map((field, index) => {
            const key = keyOf(request, field)
            return (
              <ElicitationField
                key={key}
                // By its place: a name may hold what no id may.
                id={`${id}${place}-${index}`}
                field={field}
                value={values[key] ?? ''}
                problem={wasSent ? problemOf(request, field) : null}
                onChange={(value) => setValues((before) => ({ ...before, [key]: value }))}
              />
            )
          })}
        </fieldset>
      ))}
      <div data-slot="agent-chat-buttons">
        <button
          type="submit"
          data-slot="agent-chat-button"
          data-look="primary"
          aria-disabled={isClosed || undefined}
        >
          {isPending && <ChatIcon name="spinner" />}
          {labels.elicitSubmit}
        </button>
        <button
          type="button"
          data-slot="agent-chat-button"
          aria-disabled={isClosed || undefined}
          onClick={() => answer('decline')}
        >
          {labels.elicitDecline}
        </button>
        <button
          type="button"
          data-slot="agent-chat-button"
          data-look="quiet"
          aria-disabled={isClosed || undefined}
          onClick={() => answer('cancel')}
        >
          {labels.elicitCancel}
        </button>
        {isDone && <span data-slot="agent-chat-quiet">{labels.answered}</span>}
      </div>
      <CommandError error={error} />
    </form>
  )
}

/** A page of somebody else: its host is shown, because only that says whose it is. */
function PageLink({ url }: { readonly url: string }): ReactElement {
  const { labels } = useAgentChat('ToolCall')
  const href = safeUrl(url)
  if (href === null || !/^https?:/.test(href)) {
    return (
      <p data-slot="agent-chat-quiet">
        <bdi>{url.slice(0, 300)}</bdi> {labels.blockedUrl}
      </p>
    )
  }
  return (
    <a data-slot="agent-chat-button" href={href} target="_blank" rel="noopener noreferrer">
      {labels.elicitOpenPage} <bdi data-slot="agent-chat-host">{new URL(href).host}</bdi>
    </a>
  )
}

function keyOf(request: InputRequest, field: InputField): string {
  return JSON.stringify([request.key, field.name])
}

function initialValues(requests: readonly InputRequest[]): Values {
  return Object.fromEntries(
    requests.flatMap((request) => request.fields.map((field) => [keyOf(request, field), field.initial])),
  )
}

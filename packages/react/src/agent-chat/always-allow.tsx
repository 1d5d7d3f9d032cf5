import { StreamError, type AlwaysAllowOptions } from '@taskstream/core'
import { useEffect, useId, useState, type ReactElement } from 'react'
import { useAgentChat } from './context.tsx'
import { errorWords } from './error-words.ts'
import { ChatIcon } from './icon.tsx'

/** Props of {@link AlwaysAllow}. */
export interface AlwaysAllowProps {
  readonly callId: string
  /** Whether it is answered, or about to be. */
  readonly isClosed: boolean
  /** `null` where the server proposes nothing. */
  readonly onChoose: (option: string | null) => void
}

type Loaded =
  | { readonly status: 'loading' }
  | { readonly status: 'failed'; readonly error: StreamError }
  | { readonly status: 'ready'; readonly options: AlwaysAllowOptions }

/** What can be allowed for good, in the words of the server, which is asked when this is opened. */
export function AlwaysAllow({ callId, isClosed, onChoose }: AlwaysAllowProps): ReactElement {
  const { labels } = useAgentChat('Approval')
  const [attempt, setAttempt] = useState(0)
  const loaded = useOptions(callId, attempt)
  const [chosen, setChosen] = useState<string | null>(null)
  const name = useId()
  if (loaded.status === 'loading') {
    return (
      <p data-slot="agent-chat-quiet">
        <ChatIcon name="spinner" />
        {labels.alwaysAllowLoading}
      </p>
    )
  }
  if (loaded.status === 'failed') {
    return (
      <p data-slot="agent-chat-command-error" role="alert" dir="auto">
        {errorWords(loaded.error)}{' '}
        <button
          type="button"
          data-slot="agent-chat-button"
          data-look="link"
          onClick={() => setAttempt(attempt + 1)}
        >
          {labels.tryAgain}
        </button>
      </p>
    )
  }
  const { options, defaultKey, unavailable } = loaded.options
  if (options.length === 0) return <p data-slot="agent-chat-quiet">{unavailable}</p>
  const selected = chosen ?? defaultKey ?? options[0]?.key ?? null
  return (
    <fieldset data-slot="agent-chat-always" disabled={isClosed}>
      <legend>{labels.alwaysAllowText}</legend>
      {options.map(({ key, label, rules }) => (
        <label key={key} data-slot="agent-chat-choice">
          <input type="radio" name={name} checked={selected === key} onChange={() => setChosen(key)} />
          <span dir="auto">
            {label}
            {rules.map((rule) => (
              <code key={rule}>{rule}</code>
            ))}
          </span>
        </label>
      ))}
      <button type="button" data-slot="agent-chat-button" onClick={() => onChoose(selected)}>
        {labels.alwaysAllow}
      </button>
    </fieldset>
  )
}

function useOptions(callId: string, attempt: number): Loaded {
  const { chat } = useAgentChat('Approval')
  const [held, setHeld] = useState<{ readonly attempt: number; readonly loaded: Loaded } | null>(null)
  useEffect(() => {
    let isWanted = true
    const show = (loaded: Loaded): void => {
      if (isWanted) setHeld({ attempt, loaded })
    }
    chat.alwaysAllowOptions(callId).then(
      (options) => show({ status: 'ready', options }),
      (thrown: unknown) => show({ status: 'failed', error: StreamError.from(thrown) }),
    )
    return () => {
      isWanted = false
    }
  }, [chat, callId, attempt])
  return held === null || held.attempt !== attempt ? { status: 'loading' } : held.loaded
}

import type { FormEvent } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { useLive } from '../use-live.ts'
import { Attach } from './attach.tsx'
import type { Draft } from './composer-store.ts'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { DraftFiles } from './draft-files.tsx'
import { errorWords } from './error-words.ts'
import { Input } from './input.tsx'
import { Send } from './send.tsx'
import { Stop } from './stop.tsx'
import { usePartState } from './use-chat-state.ts'

/** Props of `Composer`. */
export type ComposerProps = PartProps<'form', AgentChatState>

/** Where a message is written: its files, its text, and the buttons. Its `children` replace what is in it. */
export const Composer: Part<ComposerProps, HTMLFormElement> = definePart(
  'AgentChat.Composer',
  (props, ref) => {
    const { composer, disabledReason } = useAgentChat('Composer')
    const state = usePartState()
    const error = useLive(composer.store, selectError)
    const onSubmit = (event: FormEvent): void => {
      event.preventDefault()
      composer.send()
    }
    const children = props.children ?? (
      <>
        <DraftFiles />
        <Input />
        <div data-slot="agent-chat-composer-bar">
          <Attach />
          <span data-slot="agent-chat-composer-gap" />
          <Stop />
          <Send />
        </div>
      </>
    )
    const shown = (
      <>
        {children}
        {error !== null && (
          <p data-slot="agent-chat-composer-error" role="alert" dir="auto">
            {errorWords(error)}
          </p>
        )}
      </>
    )
    return renderElement({
      tag: 'form',
      slot: 'agent-chat-composer',
      state,
      props: { ...props, children: props.asChild === true ? props.children : shown },
      ref,
      own: {
        onSubmit,
        'data-disabled': disabledReason === null ? undefined : '',
        ...attributesOf(state),
      },
    })
  },
)

function selectError({ error }: Draft): Draft['error'] {
  return error
}

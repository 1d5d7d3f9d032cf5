import { useRef, type ClipboardEvent, type KeyboardEvent } from 'react'
import { definePart, joinRefs, renderElement, type Part, type PartProps } from '../element.tsx'
import { useLive } from '../use-live.ts'
import type { Draft } from './composer-store.ts'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { isComposing } from './keys.ts'
import { stopTurn } from './stop-turn.ts'
import { useAutosize } from './use-autosize.ts'
import { isBusy, usePartState } from './use-chat-state.ts'

/** Props of `Input`. What it holds belongs to the composer, so it takes no `value`. */
export type InputProps = Omit<PartProps<'textarea', AgentChatState>, 'value' | 'defaultValue' | 'children'>

/**
 * Where the message is written. It grows with its text. Enter sends, Shift and Enter begins a line, Escape stops the turn
 * that is under way; a key of an input method does none of it. Files that are pasted are attached.
 */
export const Input: Part<InputProps, HTMLTextAreaElement> = definePart('AgentChat.Input', (props, ref) => {
  const { chat, composer, labels, limits, ids, disabledReason } = useAgentChat('Input')
  const state = usePartState()
  const text = useLive(composer.store, selectText)
  const field = useRef<HTMLTextAreaElement>(null)
  useAutosize(field, text)
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault()
      composer.send()
    } else if (event.key === 'Escape') {
      if (composer.store.getState().isArmed) composer.disarm()
      else if (isBusy(state.status)) stopTurn(chat, composer)
      else return
      event.preventDefault()
    }
  }
  const onPaste = (event: ClipboardEvent): void => {
    const { files, types } = event.clipboardData
    if (files.length === 0) return
    // What was copied from a page or a sheet holds a picture of it too; its text is what is meant.
    if (types.includes('text/plain')) return
    event.preventDefault()
    composer.addFiles(files, limits)
  }
  return renderElement({
    tag: 'textarea',
    slot: 'agent-chat-input',
    state,
    props,
    ref: joinRefs(field, ref),
    own: {
      id: ids.input,
      rows: 1,
      // An empty field is as the page is: its placeholder is in the language of the page.
      dir: text === '' ? undefined : 'auto',
      enterKeyHint: 'send',
      'aria-label': labels.input,
      placeholder: disabledReason ?? labels.placeholder,
      disabled: disabledReason !== null,
      value: text,
      onChange: (event: { readonly target: HTMLTextAreaElement }) => composer.setText(event.target.value),
      onKeyDown,
      onPaste,
      ...attributesOf(state),
    },
  })
})

function selectText({ text }: Draft): string {
  return text
}

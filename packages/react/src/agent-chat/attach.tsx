import { useRef, type ChangeEvent, type ReactElement } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { ChatIcon } from './icon.tsx'
import { usePartState } from './use-chat-state.ts'

/** Props of `Attach`. */
export type AttachProps = PartProps<'button', AgentChatState>

/** Lets the reader choose files to send along. They are uploaded at once. */
export const Attach: Part<AttachProps, HTMLButtonElement> = definePart('AgentChat.Attach', (props, ref) => {
  const { composer, labels, limits, disabledReason } = useAgentChat('Attach')
  const state = usePartState()
  const chooser = useRef<HTMLInputElement>(null)
  const onChange = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    if (currentTarget.files !== null) composer.addFiles(Array.from(currentTarget.files), limits)
    // So that the same file can be chosen again after it was removed.
    currentTarget.value = ''
  }
  const button: ReactElement = renderElement({
    tag: 'button',
    slot: 'agent-chat-attach',
    state,
    props,
    ref,
    own: {
      type: 'button',
      title: labels.attach,
      disabled: disabledReason !== null,
      onClick: () => chooser.current?.click(),
      children: (
        <>
          <ChatIcon name="attach" />
          <span data-slot="agent-chat-hidden">{labels.attach}</span>
        </>
      ),
      ...attributesOf(state),
    },
  })
  return (
    <>
      {button}
      <input
        ref={chooser}
        type="file"
        multiple
        hidden
        accept={limits.accept ?? undefined}
        tabIndex={-1}
        aria-hidden="true"
        data-slot="agent-chat-chooser"
        onChange={onChange}
      />
    </>
  )
})

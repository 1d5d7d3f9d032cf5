import { useRef, type ReactElement } from 'react'
import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { formatBytes } from '../task-progress/format-bytes.ts'
import { useLive } from '../use-live.ts'
import type { Draft, DraftFile } from './composer-store.ts'
import { attributesOf, useAgentChat, type AgentChatState } from './context.tsx'
import { errorWords } from './error-words.ts'
import { ChatIcon } from './icon.tsx'
import { usePartState } from './use-chat-state.ts'
import { useHandFocus } from './use-hand-focus.ts'

/** Props of `DraftFiles`. */
export type DraftFilesProps = PartProps<'div', AgentChatState>

/** The files that are attached to what is being written: how far each is, and what can be done with it. */
export const DraftFiles: Part<DraftFilesProps, HTMLDivElement> = definePart(
  'AgentChat.DraftFiles',
  (props, ref) => {
    const { composer, labels } = useAgentChat('DraftFiles')
    const state = usePartState()
    const files = useLive(composer.store, selectFiles)
    if (files.length === 0) return null
    return renderElement({
      tag: 'div',
      slot: 'agent-chat-draft-files',
      state,
      props,
      ref,
      own: {
        role: 'group',
        'aria-label': labels.attachments,
        children: files.map((file) => <DraftFileView key={file.key} file={file} />),
        ...attributesOf(state),
      },
    })
  },
)

function DraftFileView({ file: draft }: { readonly file: DraftFile }): ReactElement {
  const { composer, labels, ids } = useAgentChat('DraftFiles')
  const { key, file, previewUrl, status } = draft
  const remove = useRef<HTMLButtonElement>(null)
  useHandFocus(remove, () => document.getElementById(ids.input))
  const words = useFileWords(draft)
  const share = file.size === 0 ? 0 : Math.min(1, draft.sentBytes / file.size)
  return (
    <div data-slot="agent-chat-draft-file" data-status={status} title={`${file.name}\n${words}`}>
      <span data-slot="agent-chat-draft-picture" aria-hidden="true">
        {previewUrl === null ? <ChatIcon name="file" /> : <img src={previewUrl} alt="" />}
        {status === 'uploading' && <ChatIcon name="spinner" />}
      </span>
      <span data-slot="agent-chat-draft-body">
        <bdi data-slot="agent-chat-draft-name">{file.name}</bdi>
        <span data-slot="agent-chat-draft-words" dir="auto">
          {words}
        </span>
      </span>
      {status === 'failed' && (
        <button
          type="button"
          data-slot="agent-chat-action"
          title={labels.uploadRetry}
          onClick={() => composer.retryFile(key)}
        >
          <ChatIcon name="reload" />
          <span data-slot="agent-chat-hidden">{labels.uploadRetry}</span>
        </button>
      )}
      <button
        ref={remove}
        type="button"
        data-slot="agent-chat-action"
        aria-label={labels.removeFile(file.name)}
        onClick={() => composer.removeFile(key)}
      >
        <ChatIcon name="cross" />
      </button>
      {status === 'uploading' && (
        <span
          data-slot="agent-chat-draft-bar"
          role="progressbar"
          aria-label={file.name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          style={{ inlineSize: `${share * 100}%` }}
        />
      )}
    </div>
  )
}

function useFileWords({ status, file, sentBytes, refusal, error }: DraftFile): string {
  const { labels, locale, limits } = useAgentChat('DraftFiles')
  switch (status) {
    case 'uploading':
      return labels.uploading(
        new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(
          file.size === 0 ? 0 : Math.min(1, sentBytes / file.size),
        ),
      )
    case 'ready':
      return formatBytes(file.size, locale)
    case 'failed':
      return error === null ? labels.uploadFailed : `${labels.uploadFailed}: ${errorWords(error)}`
    case 'refused':
      return refusal === 'too-large'
        ? labels.fileTooLarge(formatBytes(limits.maxSizeBytes, locale))
        : labels.fileNotAccepted
    default:
      return status satisfies never
  }
}

function selectFiles({ files }: Draft): readonly DraftFile[] {
  return files
}

import type { Chat } from '@taskstream/core'
import { useState, type ReactElement } from 'react'
import { useLive } from '../use-live.ts'
import {
  isSameFacts,
  nextChatAnnouncement,
  selectFacts,
  spokenAnew,
  type ChatAnnouncement,
  type ChatFacts,
} from './chat-announcement.ts'
import { useAgentChat } from './context.tsx'

/**
 * The one place where a chat speaks to screen readers: what began, ended, waits, broke or came back, once each, and never a
 * word of a reply that is being written. The stylesheet hides it from view.
 */
export function Announcer(): ReactElement {
  const { chat, composer, labels } = useAgentChat('Announcer')
  const facts = useLive(chat.store, selectFacts, isSameFacts)
  const failedFile = useLive(composer.store, selectFailedFile)
  const [before, setBefore] = useState<Spoken>({ chat, seen: facts, facts, text: '', file: failedFile })
  if (before.chat !== chat) {
    // What the chat before was in the middle of did not end: it is left.
    setBefore({ chat, seen: facts, facts, text: '', file: failedFile })
  } else if (before.seen !== facts || before.file !== failedFile) {
    const next = nextChatAnnouncement(before, facts, labels)
    const isNewFile = before.file !== failedFile && failedFile !== null
    const text = isNewFile ? spokenAnew(labels.announce.uploadFailed(failedFile), before.text) : next.text
    setBefore({ chat, seen: facts, facts: next.facts, text, file: failedFile })
  }
  return (
    <span data-slot="agent-chat-announcer" role="status">
      {before.text}
    </span>
  )
}

interface Spoken extends ChatAnnouncement {
  readonly chat: Chat
  /** The facts as they were read; those that are spoken of leave out an attempt of the line. */
  readonly seen: ChatFacts
  readonly file: string | null
}

function selectFailedFile({
  files,
}: {
  readonly files: readonly { status: string; file: File }[]
}): string | null {
  return files.findLast(({ status }) => status === 'failed')?.file.name ?? null
}

import { useState, type DragEvent, type ReactNode } from 'react'
import { useAgentChat } from './context.tsx'
import { ChatIcon } from './icon.tsx'

/** What takes files that are dropped. */
export interface Drop {
  readonly handlers: Readonly<
    Record<'onDragEnter' | 'onDragOver' | 'onDragLeave' | 'onDrop', (event: DragEvent) => void>
  >
  /** What stands over the chat while files are held above it. */
  readonly hint: ReactNode
}

/** Attaches files that are dropped anywhere on the chat. */
export function useDrop(): Drop {
  const { composer, limits, labels, disabledReason } = useAgentChat('Root')
  const [isOver, setOver] = useState(false)
  const holdsFiles = ({ dataTransfer }: DragEvent): boolean =>
    disabledReason === null && dataTransfer.types.includes('Files')
  const onDragOver = (event: DragEvent): void => {
    if (!holdsFiles(event)) return
    // Without this the browser would open the file in place of the page.
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
    setOver(true)
  }
  const handlers: Drop['handlers'] = {
    onDragEnter: onDragOver,
    onDragOver,
    onDragLeave({ currentTarget, relatedTarget }) {
      if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))) setOver(false)
    },
    onDrop(event) {
      if (!holdsFiles(event)) return
      event.preventDefault()
      setOver(false)
      composer.addFiles(event.dataTransfer.files, limits)
    },
  }
  const hint = isOver ? (
    <div key="drop" data-slot="agent-chat-drop" aria-hidden="true">
      <ChatIcon name="attach" />
      {labels.dropFiles}
    </div>
  ) : null
  return { handlers, hint }
}

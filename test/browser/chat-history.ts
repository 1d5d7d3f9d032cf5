/** What one message of a chat showed. */
export interface ShownMessage {
  readonly role: string
  /** `MessageStatus`, as styles see it. */
  readonly status: string
  readonly text: string
  /** Name and status of each tool call. */
  readonly calls: readonly string[]
}

/** What a chat showed at a moment. */
export interface ShownChat {
  /** Epoch milliseconds. */
  readonly atMs: number
  /** `AgentStatus`, as styles see it. */
  readonly status: string
  readonly messages: readonly ShownMessage[]
}

declare global {
  interface Window {
    /** What the page has shown of its chat so far, one entry for each change. */
    chatHistory: ShownChat[]
  }
}

/** Records `window.chatHistory`. Runs in the page, before anything of it, so it holds all that it needs. */
export function recordChat(): void {
  const history: ShownChat[] = []
  let last = ''
  window.chatHistory = history

  const slot = (name: string): string => `[data-slot='agent-chat${name}']`
  const look = (): void => {
    const chat = document.querySelector<HTMLElement>(slot(''))
    if (chat === null) return
    const items = chat.querySelectorAll<HTMLElement>(slot('-message'))
    const messages = Array.from(items, (item) => ({
      role: item.dataset['role'] ?? '',
      status: item.dataset['status'] ?? '',
      text: Array.from(item.querySelectorAll(slot('-text')), (text) => text.textContent).join('\n'),
      calls: Array.from(
        item.querySelectorAll<HTMLElement>(slot('-tool')),
        ({ dataset }) => `${dataset['name']} ${dataset['status']}`,
      ),
    }))
    const shown = { status: chat.dataset['status'] ?? '', messages }
    const key = JSON.stringify(shown)
    if (key === last) return
    last = key
    history.push({ atMs: Date.now(), ...shown })
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  })
}

/**
 * What one page has shown of a chat that it may never show, whatever happened to its line: a message that goes away, is
 * another one than before or is there twice, and a text that loses what was read of it.
 */
export function faultsInChat(history: readonly ShownChat[]): readonly string[] {
  return history.flatMap(({ messages }, index) => {
    const before = history[index - 1]?.messages ?? []
    const said = messages.filter(({ role }) => role === 'user').map(({ text }) => text)
    return [
      ...(messages.length < before.length ? [`${messages.length} messages after ${before.length}`] : []),
      ...(new Set(said).size < said.length ? [`a message twice: ${said.join(' | ')}`] : []),
      ...before.flatMap((one, place) => {
        const now = messages[place]
        if (now === undefined) return []
        if (now.role !== one.role) return [`the role ${now.role} after ${one.role}`]
        return now.text.startsWith(one.text) ? [] : [`"${now.text}" after "${one.text}"`]
      }),
    ]
  })
}

import type { AgentState } from '../src/state/agent.ts'
import type { ChatMessage, MessagePart } from '../src/state/chat-message.ts'
import { selectMessages } from '../src/state/select-agent.ts'

/** What of a message does not depend on when it was heard. */
export type MessageEssence = Pick<ChatMessage, 'key' | 'role' | 'status' | 'text' | 'isStreaming'> & {
  readonly parts: readonly unknown[]
}

/** A message without what depends on when it was heard. */
export function essenceOf({ key, role, status, text, isStreaming, parts }: ChatMessage): MessageEssence {
  return { key, role, status, text, isStreaming, parts: parts.map(partEssence) }
}

function partEssence(part: MessagePart): unknown {
  if (part.type === 'reasoning') return { type: part.type, text: part.text, isStreaming: part.isStreaming }
  if (part.type !== 'tool-call') return part
  const { name, kind, status, args, argsText, result } = part.call
  return { type: part.type, name, kind, status, args, argsText, result }
}

/** All that is said in a message, by what it is. */
function textsOf({ parts }: ChatMessage): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {}
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'reasoning')
      texts[part.type] = (texts[part.type] ?? '') + part.text
    if (part.type === 'tool-call') texts[`args of ${part.call.name}`] = part.call.argsText
  }
  return texts
}

/** Notes what is shown of each message at every moment, and says where that broke L12. */
export function watchTexts(): {
  readonly see: (state: AgentState) => void
  readonly broken: (whole: readonly ChatMessage[]) => readonly string[]
} {
  const seen = new Map<string, string[]>()
  const last = new Map<string, ChatMessage>()
  return {
    see(state) {
      for (const message of selectMessages(state)) {
        if (last.get(message.key) === message) continue
        last.set(message.key, message)
        for (const [kind, text] of Object.entries(textsOf(message))) {
          const name = `${kind} in ${message.key}`
          const list = seen.get(name) ?? []
          if (list.at(-1) !== text) seen.set(name, [...list, text])
        }
      }
    },
    broken(whole) {
      const ends = new Map<string, string>(
        whole.flatMap((message) =>
          Object.entries(textsOf(message)).map(
            ([kind, text]) => [`${kind} in ${message.key}`, text] as const,
          ),
        ),
      )
      return [...seen].flatMap(([name, texts]) =>
        texts.flatMap((text, index) => {
          const before = texts[index - 1] ?? ''
          const isRight = (ends.get(name) ?? '').startsWith(text) && text.startsWith(before)
          return isRight ? [] : [`${name}: ${JSON.stringify(text)} after ${JSON.stringify(before)}`]
        }),
      )
    },
  }
}

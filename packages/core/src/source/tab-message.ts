import type { Frame } from '../wire/frame.ts'
import type { Beginning } from './frame-log.ts'
import type { Transport } from './source.ts'
import type { BroadcastPort } from './tab-channel.ts'

/**
 * What tabs say to each other about a line that they share.
 *
 * - `hello`: somebody follows, or has lost the thread, and asks the leader for everything;
 * - `ping`: somebody has not heard from the leader for long; `pong`: it is there;
 * - `lead`: somebody leads from now on, and what follows is all that it has to say;
 * - `batch`: one batch of the line, numbered from 1; with a `beginning` where the line listens anew;
 * - `transcript`: the answer to a `hello`: everything up to the batch with this number, 0 before the first; `frames` is
 *   `null` where that cannot be told;
 * - `over`: the leader leads no more.
 */
export type TabMessage =
  | { readonly type: 'hello'; readonly from: string }
  | { readonly type: 'ping'; readonly from: string }
  | LeaderMessage

/** What only a leader says. A leader with a higher `term` came later. */
export type LeaderMessage =
  | { readonly type: 'lead' | 'pong' | 'over'; readonly from: string; readonly term: number }
  | {
      readonly type: 'batch'
      readonly from: string
      readonly term: number
      readonly number: number
      readonly beginning: Beginning | null
      readonly frames: readonly Frame[]
    }
  | {
      readonly type: 'transcript'
      readonly from: string
      readonly term: number
      readonly to: string
      readonly number: number
      readonly transport: Transport | null
      readonly frames: readonly Frame[] | null
    }

/** The tabs that share a line, as one of them speaks to the others. */
export interface TabChannel {
  post(message: TabMessage): void
  close(): void
}

/** Version of the messages: tabs that speak another one neither hear nor wait for this one. */
export const TAB_PROTOCOL = 1

/** Speaks and listens by `port`. What does not look like a {@link TabMessage} is not heard. */
export function openTabChannel(port: BroadcastPort, hear: (message: TabMessage) => void): TabChannel {
  let isOpen = true
  port.addEventListener('message', ({ data }) => {
    const message = isOpen ? readTabMessage(data) : null
    if (message !== null) hear(message)
  })
  return {
    post(message) {
      if (isOpen) port.postMessage({ version: TAB_PROTOCOL, ...message })
    },
    close() {
      isOpen = false
      port.close()
    },
  }
}

/** Longest name of a tab, in UTF-16 units. */
const maxIdChars = 64

type Untrusted = Readonly<Record<string, unknown>>

function readTabMessage(data: unknown): TabMessage | null {
  if (!isObject(data) || data['version'] !== TAB_PROTOCOL) return null
  const { type, from, term, number, frames } = data
  if (!isId(from)) return null
  if (type === 'hello' || type === 'ping') return { type, from }
  if (!isCount(term)) return null
  if (type === 'lead' || type === 'pong' || type === 'over') return { type, from, term }
  if (!isCount(number)) return null
  if (type === 'batch') {
    const { beginning } = data
    if (!isFrames(frames) || (beginning !== null && !isBeginning(beginning))) return null
    return { type, from, term, number, beginning, frames }
  }
  if (type !== 'transcript') return null
  const { to, transport } = data
  if (!isId(to) || !isTransport(transport) || (frames !== null && !isFrames(frames))) return null
  return { type, from, term, to, number, transport, frames }
}

function isObject(value: unknown): value is Untrusted {
  return typeof value === 'object' && value !== null
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxIdChars
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isTransport(value: unknown): value is Transport | null {
  return value === null || value === 'stream' || value === 'polling'
}

function isBeginning(value: unknown): value is Beginning {
  return isObject(value) && isTransport(value['transport']) && typeof value['isWhole'] === 'boolean'
}

function isFrames(value: unknown): value is readonly Frame[] {
  return Array.isArray(value) && value.every(isFrame)
}

function isFrame(value: unknown): value is Frame {
  if (!isObject(value)) return false
  const { type, event, id, data, delayMs, reason, sizeBytes } = value
  switch (type) {
    case 'message':
      return typeof event === 'string' && typeof data === 'string' && (id === null || typeof id === 'string')
    case 'id':
      return typeof id === 'string'
    case 'retry':
      return isCount(delayMs)
    case 'unreadable':
      return reason === 'invalid-utf8' && isCount(sizeBytes)
    default:
      return type === 'beat'
  }
}

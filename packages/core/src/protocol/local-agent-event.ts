import type { StreamError } from '../errors.ts'
import type { Attachment } from './agent-event.ts'

/** What happens to a chat on our side of the line. Pure data, so that the fold stays one function. */
export type LocalAgentEvent =
  /** See the event of the same name of a task. */
  | { readonly type: 'line-opened'; readonly isContinued: boolean }
  | { readonly type: 'position-lost' }
  /** Somebody sends a message; `key` names it until the server does, and for ever in lists on the screen. */
  | {
      readonly type: 'message-outgoing'
      readonly key: string
      readonly text: string
      readonly attachments: readonly Attachment[]
    }
  /** The server took it: from now on it is the message with this id. */
  | { readonly type: 'message-accepted'; readonly key: string; readonly id: string }
  | { readonly type: 'message-refused'; readonly key: string; readonly error: StreamError }
  /** A message that was refused is taken back, or one that was queued was cancelled; `key` or id. */
  | { readonly type: 'message-withdrawn'; readonly key: string }
  /** Somebody here asked to stop; ended by the end of the run, or by the refusal. */
  | { readonly type: 'stop-requested' }
  | { readonly type: 'stop-rejected' }
  /** A client tool began to run in this browser. */
  | { readonly type: 'tool-begun'; readonly id: string }
  | { readonly type: 'tool-progressed'; readonly id: string; readonly progress: unknown }
  /** It has answered, and the answer is on its way. */
  | { readonly type: 'tool-answered'; readonly id: string; readonly result: string }
  /** The answer was taken, or nobody waits for it any more. `error`: why it will not be taken. */
  | { readonly type: 'tool-settled'; readonly id: string; readonly error: StreamError | null }
  | { readonly type: 'older-asked' }
  | { readonly type: 'older-failed'; readonly error: StreamError }

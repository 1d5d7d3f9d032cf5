import { StreamError } from '../../errors.ts'
import { httpSource, type HttpEnv } from '../../source/http.ts'
import type { HttpRequest } from '../../source/send.ts'
import type { Source } from '../../source/source.ts'
import type { Frame } from '../../wire/frame.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { chatRequest, chatStream, inferenceAgentRequests } from './agent-requests.ts'
import { askBody } from './ask-body.ts'
import { RESOURCE_EVENT } from './decode-frames.ts'
import { resumed } from './resumed.ts'

/** One attempt to follow a chat by its stream, beginning as the server allows it, see {@link resumed}. */
export function connectChat(chatId: string, env: HttpEnv, resume: ResumeMode): Source {
  return resumed(httpSource(chatStream(chatId), env), askChat(chatId, env), { clock: env.clock, resume })
}

/**
 * The chat and its newest messages as one frame, once. Both are asked for at the same time; where one is refused, the
 * other is given up. Its data is the JSON of a {@link ChatPresentWire}.
 */
export function askChat(chatId: string, env: HttpEnv): (signal: AbortSignal) => Promise<Frame> {
  return async (signal) => {
    const both = new AbortController()
    const end = (): void => both.abort(signal.reason)
    const ask = (request: HttpRequest): Promise<string> => askBody(request, env, both.signal)
    const requests = [chatRequest(chatId), inferenceAgentRequests.messages(chatId, newest)] as const

    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    const asked = [ask(requests[0]), ask(requests[1]).catch(nullWhereUnknown)] as const
    try {
      const [chat, messages] = await Promise.all(asked)
      const present: ChatPresentWire = { chat, messages }
      return { type: 'message', event: RESOURCE_EVENT, id: null, data: JSON.stringify(present) }
    } catch (thrown) {
      both.abort(thrown)
      await Promise.allSettled(asked)
      throw thrown
    } finally {
      signal.removeEventListener('abort', end)
    }
  }
}

/** The data of the frame that {@link askChat} makes: two bodies as they came, envelope and all. */
export interface ChatPresentWire {
  readonly chat: string
  /** `null` where the server has no such route, because it sends the messages inside the chat (P§5.3). */
  readonly messages: string | null
}

const newest = { cursor: null, limit: null }

function nullWhereUnknown(thrown: unknown): null {
  const { status } = StreamError.from(thrown)
  if (status === 404 || status === 405 || status === 501) return null
  throw thrown
}

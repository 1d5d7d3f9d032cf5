import { StreamError, type Chat } from '@taskstream/core'
import type { Composer } from './composer-store.ts'

/** Stops the turn that is under way, once; a refusal stands at the composer. */
export function stopTurn(chat: Chat, composer: Composer): void {
  if (chat.current().agent.isStopRequested) return
  chat.stop().catch((thrown: unknown) => composer.fail(StreamError.from(thrown)))
}

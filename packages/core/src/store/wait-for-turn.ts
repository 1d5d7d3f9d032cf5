import { StreamError } from '../errors.ts'
import type { AgentState } from '../state/agent.ts'
import { advanceTurn, beginTurn, type Turn } from '../state/turn.ts'
import type { ChatFollower } from './chat-follower.ts'
import { onAbort } from './on-abort.ts'

/** A turn that has ended, and the chat at that moment. */
export interface EndedTurn {
  readonly turn: Turn
  readonly agent: AgentState
}

/**
 * Watches a chat until the turn of a message has ended.
 *
 * @throws {StreamError} `aborted` by the signal, `disconnected` when nobody follows the chat any more, or the fault for which
 *   the line was given up
 */
export function waitForTurn(
  follower: ChatFollower,
  messageId: string,
  signal: AbortSignal | undefined,
): Promise<EndedTurn> {
  return new Promise((resolve, reject) => {
    let turn = advanceTurn(beginTurn(messageId), follower.agent)
    let leave = (): void => {}
    const end = (settle: () => void): void => {
      leave()
      leave = () => {}
      settle()
    }
    const look = (agent: AgentState): void => {
      turn = advanceTurn(turn, agent)
      if (turn.outcome !== 'waiting') end(() => resolve({ turn, agent }))
    }
    const see = (): void => {
      const { agent, connection } = follower.current()
      look(agent)
      if (turn.outcome !== 'waiting' || connection.state !== 'closed') return
      end(() => reject(connection.error ?? disconnected()))
    }
    const abort = (): void => end(() => reject(aborted()))
    const pause = (): void => end(() => reject(disconnected()))
    if (signal?.aborted) return abort()
    // The observer sees each event, the watcher the connection too.
    const leaving = [
      follower.observe((next) => look(next)),
      follower.live.subscribe(see),
      follower.onPause(pause),
    ]
    if (signal !== undefined) leaving.push(onAbort(signal, abort))
    leave = () => {
      for (const stop of leaving) stop()
    }
    see()
  })
}

function aborted(): StreamError {
  return new StreamError(
    'aborted',
    'Waiting for the reply was stopped by its signal. The turn goes on where the server has taken the message; stop() ends it.',
  )
}

function disconnected(): StreamError {
  return new StreamError(
    'disconnected',
    'Nobody follows the chat any more, so the end of the turn is not known here. It goes on; reconnect() follows it again.',
  )
}

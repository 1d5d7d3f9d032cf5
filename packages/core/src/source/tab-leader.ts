import type { Frame } from '../wire/frame.ts'
import { type Beginning, createFrameLog, type FrameLogLimits } from './frame-log.ts'
import type { TabChannel, TabMessage } from './tab-message.ts'

/** The tab that has the line, as the others hear it. */
export interface TabLeader {
  /** Answers who follows. */
  hear(message: TabMessage): void
  /** The line listens anew with the next batch. */
  begin(beginning: Beginning): void
  /** Passes one batch on. */
  share(frames: readonly Frame[]): void
  /** Says that nobody is to wait for this leader. */
  over(): void
}

/** What a {@link TabLeader} needs. */
export interface TabLeaderEnv {
  readonly id: string
  /** Higher than that of every leader before it. */
  readonly term: number
  readonly limits: FrameLogLimits
  readonly channel: TabChannel
  /** Told when another tab leads. */
  readonly onDeposed: () => void
}

/** Begins to lead, and says so. */
export function createTabLeader({ id, term, limits, channel, onDeposed }: TabLeaderEnv): TabLeader {
  const log = createFrameLog(limits)
  let number = 0
  let hasBegun = true
  channel.post({ type: 'lead', from: id, term })

  return {
    hear(message) {
      if (message.type === 'ping') channel.post({ type: 'pong', from: id, term })
      // Not what a predecessor said that is only heard now.
      if (message.type === 'lead' && message.term > term) onDeposed()
      if (message.type !== 'hello') return
      const { frames, beginning } = log
      const { transport } = beginning
      channel.post({ type: 'transcript', from: id, term, to: message.from, number, transport, frames })
    },
    begin(beginning) {
      log.begin(beginning)
      hasBegun = true
    },
    share(frames) {
      log.add(frames)
      const beginning = hasBegun ? log.beginning : null
      hasBegun = false
      channel.post({ type: 'batch', from: id, term, number: ++number, beginning, frames })
    },
    over: () => channel.post({ type: 'over', from: id, term }),
  }
}

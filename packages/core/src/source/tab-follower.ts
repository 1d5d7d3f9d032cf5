import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import { type Beginning, fitsLog, type FrameLogLimits } from './frame-log.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { createLeaderWatch } from './leader-watch.ts'
import type { Transport } from './source.ts'
import type { LeaderMessage } from './tab-message.ts'

/** One batch of a line that another tab has. */
export interface FollowedBatch {
  /** Whether it listens anew from here on, and how, as far as it said so; `null` where it goes on. */
  readonly beginning: { readonly transport: Transport | null } | null
  readonly frames: readonly Frame[]
}

/** A tab without the line, as it hears the one that has it. */
export interface TabFollower {
  /** What is to be read: never two leaders without a beginning between them, and never over a hole. */
  readonly batches: Inbox<FollowedBatch>
  /** Whether the leader has not answered, and was not heard since. */
  readonly isLeaderMissing: boolean
  /** The highest term that was heard of; -1 before the first. */
  readonly term: number
  hear(message: LeaderMessage): void
  /** Asks the leader for an answer, which is expected from now on. */
  doubt(): void
  /** Hears no more and holds nothing; what waits to be read stays. */
  stop(): void
}

/** What a {@link TabFollower} needs. */
export interface TabFollowerEnv {
  readonly id: string
  readonly clock: Clock
  /** Largest transcript that is taken; a larger one is as good as none. */
  readonly limits: FrameLogLimits
  /** Asks for the resource, where the leader cannot tell everything. */
  readonly ask: (signal: AbortSignal) => Promise<Frame>
  readonly say: (type: 'hello' | 'ping') => void
  /** Told when the leader has not answered, for the `count`th time since it was last heard. */
  readonly onMissing: (count: number) => void
  /** Told when the resource could not be had. */
  readonly onUnanswered: (error: StreamError) => void
}

/** Frames that wait to be read, or for the answer of the resource, before the thread is dropped and taken up again. */
const maxHeldFrames = 10_000

/** Begins to follow whoever leads, with a `hello`. */
export function createTabFollower(env: TabFollowerEnv): TabFollower {
  const { id, clock, limits } = env
  const batches = createInbox<FollowedBatch>()
  /** `lost`: waits for a transcript; `asking`: waits for the resource, and holds what the leader says meanwhile. */
  let mode: 'lost' | 'following' | 'asking' = 'lost'
  let leader: string | null = null
  /** The leader that said last that it is over. */
  let former: string | null = null
  let term = -1
  /** Number of the batch that is to come. */
  let next = 1
  let held: Frame[] = []
  let asking: AbortController | null = null

  const ask = (): void => env.say(mode === 'lost' ? 'hello' : 'ping')
  const watch = createLeaderWatch(clock, { ask, missing: env.onMissing })

  function doubt(): void {
    ask()
    watch.expect()
  }

  /** Drops what is held, and waits for whatever tells everything. */
  function lose(): void {
    mode = 'lost'
    asking?.abort()
    held = []
  }

  function put(batch: FollowedBatch): void {
    // Heartbeats that nobody reads add up as well, and so do batches of nothing.
    const weight = batch.frames.length + 1
    if (batches.weight > 0 && batches.weight + weight > maxHeldFrames) {
      batches.clear()
      lose()
      return doubt()
    }
    batches.put(batch, weight)
  }

  function begin({ transport, isWhole }: Beginning, frames: readonly Frame[]): void {
    lose()
    mode = isWhole ? 'following' : 'asking'
    put({ beginning: { transport }, frames: isWhole ? frames : [] })
    if (mode === 'asking') askResource(frames)
  }

  function askResource(frames: readonly Frame[]): void {
    held = [...frames]
    const controller = new AbortController()
    asking = controller
    env.ask(controller.signal).then(
      (answer) => {
        if (controller.signal.aborted) return
        const batch = { beginning: null, frames: [answer, ...held] }
        mode = 'following'
        held = []
        put(batch)
      },
      (thrown: unknown) => {
        if (!controller.signal.aborted) env.onUnanswered(StreamError.from(thrown))
      },
    )
  }

  function take({ number, beginning, frames }: Extract<LeaderMessage, { type: 'batch' }>): void {
    // The transcript that was asked for will hold it.
    if (mode === 'lost') return
    watch.heard()
    if (number < next) return
    if (number > next) {
      lose()
      return doubt()
    }
    next++
    if (beginning !== null) return begin(beginning, frames)
    if (mode === 'following') return put({ beginning, frames })
    for (const frame of frames) held.push(frame)
    if (held.length <= maxHeldFrames) return
    lose()
    doubt()
  }

  function read(transcript: Extract<LeaderMessage, { type: 'transcript' }>): void {
    if (transcript.to !== id || mode !== 'lost') return
    const { number, transport, frames } = transcript
    watch.heard()
    next = number + 1
    if (number === 0) {
      mode = 'following'
      return
    }
    const isWhole = frames !== null && fitsLog(frames, limits)
    begin({ transport, isWhole }, [])
    if (isWhole && frames.length > 0) put({ beginning: null, frames })
  }

  /** Whether the message is of the leader that is followed, or of one that is followed from now on. */
  function isOfLeader(message: LeaderMessage): boolean {
    if (message.from === leader) return true
    // A leader that was deposed may not know it yet.
    if (message.term < term || message.from === former || message.type === 'over') return false
    leader = message.from
    term = message.term
    lose()
    if (message.type === 'lead') {
      mode = 'following'
      next = 1
      watch.heard()
    } else if (message.type !== 'transcript' || message.to !== id) doubt()
    return true
  }

  env.say('hello')
  return {
    batches,
    get isLeaderMissing() {
      return watch.isMissing
    },
    get term() {
      return term
    },
    hear(message) {
      if (!isOfLeader(message)) return
      switch (message.type) {
        case 'lead':
          return
        case 'pong':
          return mode === 'lost' ? undefined : watch.heard()
        case 'batch':
          return take(message)
        case 'transcript':
          return read(message)
        case 'over':
          former = leader
          leader = null
          lose()
          // Whoever is next in the queue says so at once.
          return watch.expect()
        default:
          return message satisfies never
      }
    },
    doubt,
    stop() {
      watch.stop()
      lose()
    },
  }
}

import { StreamError } from '../errors.ts'
import type { Clock } from '../store/clock.ts'
import type { Frame } from '../wire/frame.ts'
import { type Attempt, createAttempt } from './attempt.ts'
import { defaultFrameLogLimits, type FrameLogLimits } from './frame-log.ts'
import type { Inbox } from './inbox.ts'
import { narrowReach } from './narrow-reach.ts'
import type { Reach, Source, Transport } from './source.ts'
import type { BroadcastPort, Tabs } from './tab-channel.ts'
import { createTabFollower, type FollowedBatch, type TabFollower } from './tab-follower.ts'
import { createTabLeader, type TabLeader } from './tab-leader.ts'
import { requestLock } from './tab-lock.ts'
import { openTabChannel, TAB_PROTOCOL, type TabChannel, type TabMessage } from './tab-message.ts'

/** What a {@link sharedLine} needs from its surroundings. */
export interface SharedLineEnv extends Tabs {
  /** Its chance must differ from tab to tab: they are named by it. */
  readonly clock: Clock
  /** Tells when the page is about to stand still; the answer leaves. */
  readonly onFrozen: (listener: () => void) => () => void
}

/**
 * One line for all tabs of an origin: the tab that holds the lock of `name` has `line` and passes on what it brings,
 * and the others hear it from there. When it goes, the next one in the queue goes on with a `line` of its own, in the
 * same attempt: at once where the tab was closed, frozen, or lost its line, and within 6 s where it hangs.
 *
 * A tab that comes later hears everything that the line brought since it began to listen. Where that is beyond `limits`,
 * or came after a cursor, it asks for the resource itself and holds what the line brings meanwhile. Where the resource is
 * refused for good, and in a page that may have no locks or channels, it has its own line.
 *
 * A fault of the line ends the attempt of the tab that has it, and of no other. A tab that is about to freeze ends its
 * attempt with a `network` fault, and so does one that was taken for dead; both may be tried again.
 *
 * @param name - names what is followed, for everybody of this origin and browser: it must differ between servers,
 *   between accounts and between the resources of one server
 * @param line - begins with the whole present or the first event, unless it is asked to continue after a cursor
 * @param ask - the resource as a frame of the line's dialect; it must end when its signal is aborted and must bound
 *   itself in time
 */
export function sharedLine(
  name: string,
  line: Source,
  ask: (signal: AbortSignal) => Promise<Frame>,
  env: SharedLineEnv,
  limits: FrameLogLimits = defaultFrameLogLimits,
): Source {
  const scope = `taskstream:line:${TAB_PROTOCOL}:${name}`
  return (reach) =>
    createAttempt(reach.signal, (attempt) => {
      const port = open(scope, env)
      if (port === null) return line(narrowReach(reach, attempt))
      return listen(line, reach, attempt, join(scope, port, ask, env, limits, attempt))
    })
}

/** A port, or `null` where this page may have none. */
function open(scope: string, { openChannel }: SharedLineEnv): BroadcastPort | null {
  try {
    return openChannel(scope)
  } catch {
    return null
  }
}

async function* listen(
  line: Source,
  reach: Reach,
  attempt: Attempt,
  { heard, leader }: Member,
): AsyncGenerator<readonly Frame[], void> {
  const { onTransport } = reach
  let isOpen = false
  for (;;) {
    const batch = await attempt.wait(heard.take())
    if (batch === null) break
    const { beginning, frames } = batch
    const transport = beginning?.transport ?? (beginning !== null && isOpen ? 'stream' : null)
    if (transport !== null) onTransport?.(transport)
    isOpen = true
    yield frames
  }

  const lead = leader()
  // What begins after a cursor tells those nothing who were not there before it.
  const begin = (transport: Transport | null): void =>
    lead?.begin({ transport, isWhole: reach.cursor === null })
  /** Whether the reader knows that this is not what it read until now. */
  let isTold = !isOpen
  begin(null)
  const own = line(
    narrowReach(reach, {
      signal: attempt.signal,
      onTransport(transport) {
        isTold = true
        begin(transport)
        onTransport?.(transport)
      },
    }),
  )
  for await (const frames of own) {
    if (!isTold) onTransport?.('stream')
    isTold = true
    lead?.share(frames)
    yield frames
  }
}

/** One attempt among those of the other tabs. */
interface Member {
  /** What the leader says; at an end when there is a line to be had here. */
  readonly heard: Inbox<FollowedBatch>
  /** Whom the line is passed on to once there is one; `null` where nobody shares it. */
  readonly leader: () => TabLeader | null
}

function join(
  scope: string,
  port: BroadcastPort,
  ask: (signal: AbortSignal) => Promise<Frame>,
  { clock, locks, onFrozen }: SharedLineEnv,
  limits: FrameLogLimits,
  attempt: Attempt,
): Member {
  const id = createId(clock)
  const seizing = `${scope}:seize`
  let leader: TabLeader | null = null
  let leaveQueue = (): void => {}
  let leaveSeizing = (): void => {}

  const channel: TabChannel = openTabChannel(port, hear)
  const follower: TabFollower = createTabFollower({
    id,
    clock,
    limits,
    ask,
    say: (type) => channel.post({ type, from: id }),
    onMissing,
    onUnanswered: (error) => (error.retryable ? attempt.fail(error) : goAlone()),
  })
  const stopFrozen = onFrozen(() => attempt.fail(frozen()))
  attempt.signal.addEventListener('abort', leave, { once: true })
  leaveQueue = requestLock(locks, scope, 'wait', { granted: lead, denied: goAlone, taken })

  function hear(message: TabMessage): void {
    if (leader !== null) leader.hear(message)
    else if (message.type !== 'hello' && message.type !== 'ping') follower.hear(message)
  }

  function lead(): void {
    leaveSeizing()
    follower.stop()
    // The wall is the same for all tabs, so that a leader that knows of none before it still comes after them.
    const term = Math.max(follower.term + 1, Math.floor(clock.now()))
    leader = createTabLeader({ id, term, limits, channel, onDeposed: taken })
    follower.batches.close()
  }

  /** Only one of those who miss the leader takes the lock from it, unless that one hangs as well. */
  function onMissing(count: number): void {
    leaveSeizing()
    if (count > 1) return seize()
    leaveSeizing = requestLock(locks, seizing, 'if-free', {
      granted: () => (follower.isLeaderMissing ? seize() : leaveSeizing()),
      denied: () => follower.doubt(),
      taken: () => {},
    })
  }

  function seize(): void {
    leaveQueue()
    leaveQueue = requestLock(locks, scope, 'take', { granted: lead, denied: goAlone, taken })
  }

  function taken(): void {
    attempt.fail(deposed())
  }

  function leave(): void {
    attempt.signal.removeEventListener('abort', leave)
    stopFrozen()
    follower.stop()
    follower.batches.close()
    leader?.over()
    channel.close()
    leaveSeizing()
    leaveQueue()
  }

  function goAlone(): void {
    leader = null
    leave()
  }

  return { heard: follower.batches, leader: () => leader }
}

function createId(clock: Clock): string {
  const part = (): string => Math.floor(clock.random() * 2 ** 48).toString(36)
  return `${part()}-${part()}`
}

function frozen(): StreamError {
  return new StreamError(
    'network',
    'The page is about to stand still and gave up its line, so that another tab can go on. It is followed again when it wakes.',
    { retryable: true },
  )
}

function deposed(): StreamError {
  return new StreamError(
    'network',
    'Another tab took over the line, because this one did not answer for a while. It is followed by that tab from now on.',
    { retryable: true },
  )
}

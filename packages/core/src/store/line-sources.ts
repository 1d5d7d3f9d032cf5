import type { Protocol } from '../protocol/protocol.ts'
import { DEFAULT_BASE_URL, originOf } from '../source/address.ts'
import type { Probe } from '../source/hear-byte.ts'
import { watchHttpVersion } from '../source/http-version.ts'
import { createLadder } from '../source/ladder.ts'
import { lazySource } from '../source/lazy-source.ts'
import { createLineBudget, withinBudget } from '../source/line-budget.ts'
import { createPollQueue } from '../source/poll-queue.ts'
import { pollSource } from '../source/poll.ts'
import type { Send } from '../source/send.ts'
import type { Source, SourceEnv } from '../source/source.ts'
import { browserTabs, type Tabs } from '../source/tab-channel.ts'
import { tellingTransport } from '../source/telling-transport.ts'
import { withLadder } from '../source/with-ladder.ts'
import type { Frame } from '../wire/frame.ts'
import type { ClientSettings } from './client-options.ts'

type Ask = (signal: AbortSignal) => Promise<Frame>

/**
 * Questions at a time where streams take the connections of a browser, of which there are six over HTTP/1.1: four streams
 * and one question leave one for a click, and that one is taken only while a question hangs.
 */
const POLLS_BESIDE_STREAMS = 1
/** Questions at a time where nothing limits the streams. */
const POLLS_ALONE = 6

/** What a line follows. */
export interface LineTarget {
  readonly kind: 'task' | 'chat'
  readonly id: string
}

/** How one task or chat is listened to. */
export interface LineSource {
  readonly source: Source
  /** Told how many look at it: who is looked at comes first where places for streams are few. */
  readonly setLookers: (count: number) => void
}

/** The ways to listen to the tasks and chats of one client, which share places, turns, and what was learned about the way there. */
export interface LineSources {
  of(target: LineTarget, chunkSizeBytes: number | null): LineSource
  /** Asks for what a line follows once, as a frame. */
  ask(target: LineTarget): (signal: AbortSignal) => Promise<Frame>
  /** Lets go of what watches the browser. */
  close(): void
}

/** Sources for the tasks and chats of one client, put together from what its settings ask for. */
export function createLineSources(settings: ClientSettings, send: Send): LineSources {
  const { clock, protocol, surroundings } = settings
  const budget = createLineBudget(settings.maxStreams, clock)
  const isLimited = 'document' in globalThis && settings.maxStreams < Infinity
  const queue = createPollQueue(isLimited ? POLLS_BESIDE_STREAMS : POLLS_ALONE, clock)
  const ladder = createLadder({ clock })
  const tabs = settings.sharedAs === null ? null : browserTabs()
  const isGuess = settings.isMaxStreamsGuessed && settings.maxStreams < Infinity
  let stopWatching: (() => void) | null = null
  const watchVersion = (): void => {
    stopWatching ??= watchHttpVersion(
      () => originOf(settings.scope === '' ? DEFAULT_BASE_URL : settings.scope),
      () => {
        budget.setMaxStreams(Infinity)
        queue.setMaxConcurrent(POLLS_ALONE)
      },
    )
  }

  const onFrozen = (listener: () => void): (() => void) =>
    surroundings.subscribe((signal) => {
      if (signal === 'frozen') listener()
    })
  const share = ({ kind, id }: LineTarget, line: Source, ask: Ask, between: Tabs): Source =>
    lazySource(async () => {
      const { sharedLine } = await import('../source/shared-line.ts')
      const name = JSON.stringify([settings.scope, settings.sharedAs, kind, id])
      return sharedLine(name, line, ask, { ...between, clock, onFrozen })
    }, line)

  return {
    of(target, chunkSizeBytes) {
      if (isGuess) watchVersion()
      const env: SourceEnv = { ...settings, chunkSizeBytes, send }
      const { ask, stream, tellsNews } = waysTo(target, protocol, env)
      const poll = pollSource(ask, { clock, pollMs: settings.pollMs, queue })
      // Lines that fall silent together are not compared with their tasks together.
      const probe: Probe = {
        ask: (signal) => queue.run(() => ask(signal), { signal }),
        tellsNews,
      }
      const claim = budget.claim()
      const listen = (): Source => {
        switch (settings.transport) {
          case 'polling':
            return tellingTransport(poll, 'polling')
          case 'stream':
            return tellingTransport(stream, 'stream')
          case 'auto':
            return withinBudget(claim, withLadder(ladder, stream, poll, probe), poll)
        }
      }
      const line = listen()
      return {
        source: tabs === null ? line : share(target, line, ask, tabs),
        setLookers: (count) => claim.setRank(count > 0 ? 1 : 0),
      }
    },
    ask: (target) => waysTo(target, protocol, { ...settings, send }).ask,
    close() {
      stopWatching?.()
      stopWatching = null
    },
  }
}

interface Ways {
  readonly stream: Source
  readonly ask: Ask
  readonly tellsNews: Probe['tellsNews']
}

function waysTo({ kind, id }: LineTarget, protocol: Protocol, env: SourceEnv): Ways {
  switch (kind) {
    case 'task':
      return {
        stream: protocol.connectTask(id, env),
        ask: protocol.askTask(id, env),
        tellsNews: (before, after) => protocol.tellsNews(before, after),
      }
    case 'chat': {
      const { agents } = protocol
      return {
        stream: agents.connectChat(id, env),
        ask: agents.askChat(id, env),
        tellsNews: (before, after) => agents.tellsNews(before, after),
      }
    }
    default:
      return kind satisfies never
  }
}

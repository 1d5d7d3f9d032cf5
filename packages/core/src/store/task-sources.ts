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

/** How one task is listened to. */
export interface TaskSource {
  readonly source: Source
  /** Told how many look at the task: who is looked at comes first where places for streams are few. */
  readonly setLookers: (count: number) => void
}

/** The ways to listen to the tasks of one client, which share places, turns, and what was learned about the way there. */
export interface TaskSources {
  of(id: string, chunkSizeBytes: number | null): TaskSource
  /** Lets go of what watches the browser. */
  close(): void
}

/** Sources for the tasks of one client, put together from what its settings ask for. */
export function createTaskSources(settings: ClientSettings, send: Send): TaskSources {
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
  const share = (id: string, line: Source, ask: Ask, between: Tabs): Source =>
    lazySource(async () => {
      const { sharedLine } = await import('../source/shared-line.ts')
      const name = JSON.stringify([settings.scope, settings.sharedAs, id])
      return sharedLine(name, line, ask, { ...between, clock, onFrozen })
    }, line)

  return {
    of(id, chunkSizeBytes) {
      if (isGuess) watchVersion()
      const env: SourceEnv = { ...settings, chunkSizeBytes, send }
      const ask = protocol.askTask(id, env)
      const stream = protocol.connectTask(id, env)
      const poll = pollSource(ask, { clock, pollMs: settings.pollMs, queue })
      // Lines that fall silent together are not compared with their tasks together.
      const probe: Probe = {
        ask: (signal) => queue.run(() => ask(signal), { signal }),
        tellsNews: (before, after) => protocol.tellsNews(before, after),
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
        source: tabs === null ? line : share(id, line, ask, tabs),
        setLookers: (count) => claim.setRank(count > 0 ? 1 : 0),
      }
    },
    close() {
      stopWatching?.()
      stopWatching = null
    },
  }
}

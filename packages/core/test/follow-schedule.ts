import { isTerminalStatus, liveStatusCodes, taskStatusTable } from '../src/protocol/task-status.ts'
import { createClient } from '../src/store/client.ts'
import type { Clock } from '../src/store/clock.ts'
import { newLines } from '../src/store/task-update.ts'
import { shownOutput, toTask, type Task, type TaskState } from '../src/state/task.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import { createRandom } from '../src/testing/random.ts'
import { createSimulator } from '../src/testing/simulator.ts'
import { withFaults } from '../src/testing/with-faults.ts'
import { claimOf } from './claim-of.ts'
import type { Act, FaultSchedule } from './fault-schedule.ts'
import { createWorldAround } from './world-around.ts'
import { API, config } from './world.ts'

/** A clock as the client's machine shows it: with a wall that can be set, and a measure that may sleep. */
interface ClientClock extends Clock {
  setWallClock(byMs: number): void
  standStill(forMs: number): void
}

function createClientClock(clock: ManualClock, seed: number): ClientClock {
  let wallMs = 0
  let stillMs = 0
  return {
    now: () => clock.now() + wallMs,
    monotonic: () => clock.monotonic() - stillMs,
    after: (delayMs, run) => clock.after(delayMs, run),
    random: createRandom(seed),
    setWallClock: (byMs) => void (wallMs += byMs),
    standStill: (forMs) => void (stillMs += forMs),
  }
}

/** What every schedule comes to, and what was against the laws on its way; empty when nothing was. */
export interface Course {
  readonly broken: readonly string[]
  /** Figures for whoever wants to know what the schedules try. */
  readonly isCancelled: boolean
  readonly attemptCount: number
  readonly retriedByHandCount: number
}

/** Runs one schedule to the end of its task, by a clock of its own. */
export async function followSchedule(schedule: FaultSchedule): Promise<Course> {
  const { server: options, script } = schedule
  const broken: string[] = []
  const check = (isRight: boolean, law: string): void => {
    if (!isRight && !broken.includes(law)) broken.push(law)
  }
  const clock = createManualClock()
  const clientClock = createClientClock(clock, schedule.seed)
  const world = createWorldAround()
  const server = createSimulator({ ...options, script, clock, faults: schedule.faults })
  const network = withFaults(server, [], { clock })

  // Why not their signals: a signal hears nothing any more once nobody holds its request.
  const streams: Request[] = []
  let isRestarted = false
  /** A server that counts from 1 again may take an old number for one of its own: nobody can see that. */
  let isMistaken = false
  const fetch = async (request: Request): Promise<Response> => {
    if (!request.url.endsWith('/stream')) return network(request)
    check(
      streams.every(({ signal }) => signal.aborted),
      'L11: one line at a time',
    )
    streams.push(request)
    const answer = await network(request)
    if (isRestarted && answer.ok && request.headers.has('last-event-id')) isMistaken = true
    else if (answer.ok) isRestarted = false
    return answer
  }

  const baseOptions = {
    baseUrl: API,
    clock: clientClock,
    resumeStorage: null,
    ...(options.dialect === 'live' ? { statusCodes: liveStatusCodes } : {}),
  }
  const client = createClient({
    ...baseOptions,
    fetch,
    surroundings: world,
    resumeMode: schedule.resumeMode,
    transport: schedule.transport,
    whenHidden: schedule.whenHidden,
    publish: schedule.isFrameless ? () => () => {} : 'sync',
  })
  const settled: Task[] = []
  client.onSettled((task) => void settled.push(task))
  const follower = client.follow.run(config)

  const told: string[] = []
  let finalCount = 0
  follower.observe((next: TaskState, before: TaskState) => {
    told.push(...newLines(next.logs.lines, before.logs.lines))
    check(!isTerminalStatus(before.status) || claim.isUnsure, 'L7: nothing is told after the end')
    if (isTerminalStatus(next.status) && next.status !== before.status) finalCount++
    const isBack = taskStatusTable[next.status].order < taskStatusTable[before.status].order
    // What queues again after it was scheduled has lost its worker, or so it reads (P§3.1).
    const isAllowed = before.status === 'scheduled' || next.status === 'cancelling'
    check(!isBack || isAllowed, 'no status goes back')
    const [is, was] = [textOf(next), textOf(before)]
    check(claim.text.startsWith(is), 'L12: what is shown is the beginning of the text')
    const isShorter = !is.startsWith(was) && !isTerminalStatus(next.status)
    const isReadAnew = next.position.hadHole || claim.isToldAfterThePresent
    check(!isShorter || isReadAnew, 'L12: what is shown never shrinks')
  })
  const claim = claimOf(schedule)

  let stopWatching = (): void => {}
  const watch = (): void => {
    stopWatching()
    stopWatching = follower.store.subscribe(() => {})
  }
  watch()

  let isCancelAsked = false
  const begin = async (act: Act): Promise<void> => {
    switch (act.kind) {
      case 'restart':
        isRestarted = true
        return server.restart()
      case 'offline':
        if (act.isReal) network.goOffline()
        if (act.isSaid) world.say('offline')
        return
      case 'hidden':
      case 'frozen':
        return world.say(act.kind)
      case 'sleep':
        if (!act.isMeasured) clientClock.standStill(act.forMs)
        await clock.sleep(act.forMs)
        if (act.isSaid) world.say('woken')
        return
      case 'wall-clock':
        return clientClock.setWallClock(act.byMs)
      case 'leave':
        return stopWatching()
      case 'disconnect':
        return follower.disconnect()
      case 'retry':
        return follower.reconnect()
      case 'cancel':
        isCancelAsked = true
        return void follower.cancel().catch(() => {})
    }
  }
  const end = (act: Act): void => {
    if (act.kind === 'offline') network.goOnline()
    if (act.kind === 'offline' && act.isSaid) world.say('online')
    if (act.kind === 'hidden') world.say('visible')
    if (act.kind === 'frozen') world.say('woken')
    if (act.kind === 'leave') watch()
    if (act.kind === 'disconnect') follower.reconnect()
  }

  const startedMs = clock.monotonic()
  const until = (atMs: number): Promise<void> =>
    clock.advance(Math.max(0, startedMs + atMs - clock.monotonic()))
  for (const { atMs, run } of timeline(schedule.acts, begin, end)) {
    await until(atMs)
    await run()
  }

  const isOver = (): boolean => isTerminalStatus(follower.live.getState().task.status)
  let retriedByHandCount = 0
  for (let waitMs = 1000; !isOver() && waitMs < 64_000_000; waitMs *= 2) {
    await clock.advance(waitMs)
    if (follower.live.getState().connection.state !== 'closed' || isOver()) continue
    retriedByHandCount++
    follower.reconnect()
  }
  await clock.advance(2500)

  const { task, connection } = follower.live.getState()
  const published = follower.store.getState()
  const isSame = published.task === task && published.connection.state === connection.state
  check(isSame, 'L10: the last publication is the last state')
  check(connection.state === 'closed' && connection.error === null, 'L6: the line ends with the task')
  const cancelled = task.status === 'cancelled'
  const asked = createClient({ ...baseOptions, fetch: server })
  server.setFaults([])
  const present = task.id === null ? null : await settle(clock, asked.tasks.get(task.id))
  for (const law of claim.broken({ task: toTask(task), told, present, isCancelAsked, isMistaken }))
    check(false, law)
  check(server.counters.runs === 1 && server.counters.requests.run === 1, 'one run')
  check(settled.length === 1 && settled[0]?.status === task.status, 'onSettled is told once')
  check(finalCount === 1, `the end is told once, and not ${finalCount} times`)

  stopWatching()
  client.close()
  asked.close()
  await clock.advance(0)
  check(server.counters.openStreams === 0, 'no stream is left open')
  check(network.openBodies === 0, 'no body is left open')
  check(clock.pendingCount === 0, 'no timer is left')
  check(world.listenerCount === 0, 'no listener is left')
  return { broken, isCancelled: cancelled, attemptCount: streams.length, retriedByHandCount }
}

/** Beginnings and ends of acts, in order of time. */
function timeline(
  acts: FaultSchedule['acts'],
  begin: (act: Act) => Promise<void>,
  end: (act: Act) => void,
): readonly { readonly atMs: number; readonly run: () => Promise<void> }[] {
  return acts
    .flatMap(({ atMs, act }) => [
      { atMs, run: () => begin(act) },
      ...('forMs' in act ? [{ atMs: atMs + act.forMs, run: async () => end(act) }] : []),
    ])
    .toSorted((a, b) => a.atMs - b.atMs)
}

async function settle<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  await clock.advance(0)
  return work
}

function textOf(state: TaskState): string {
  const shown: unknown = shownOutput(state) ?? state.partial.shown
  const response: unknown =
    typeof shown === 'object' && shown !== null && 'response' in shown ? shown.response : ''
  return String(response)
}

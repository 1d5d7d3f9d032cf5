import { isDeepStrictEqual } from 'node:util'
import type { AgentState } from '../src/state/agent.ts'
import type { ChatMessage } from '../src/state/chat-message.ts'
import { isChatBusy, selectMessages } from '../src/state/select-agent.ts'
import type { Chat } from '../src/store/chat.ts'
import { createClient, type Client } from '../src/store/client.ts'
import { clientTool, type ClientTools } from '../src/store/client-tool.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import { createSimulator } from '../src/testing/simulator.ts'
import { withFaults } from '../src/testing/with-faults.ts'
import { timeline, type AgentAct, type AgentSchedule } from './agent-schedule.ts'
import { essenceOf, watchTexts } from './agent-shown.ts'
import { fullTurn } from './disturbed-agent.ts'
import { createSharedStorage } from './tool-world.ts'
import { createWorldAround } from './world-around.ts'

/** What a schedule came to: what was against the laws, empty when nothing was, and figures for whoever wants to know. */
export interface AgentCourse {
  readonly broken: readonly string[]
  readonly wasInterrupted: boolean
  readonly lifeCount: number
  readonly retriedByHandCount: number
}

/** A page from its loading to its end. */
interface Life {
  readonly client: Client
  readonly chat: Chat
  readonly texts: ReturnType<typeof watchTexts>
  watch(): void
  leave(): void
}

let scheduleCount = 0

/** Follows the turn of one message in one or two tabs, to its end, by a clock of its own. */
export async function followAgentSchedule(schedule: AgentSchedule): Promise<AgentCourse> {
  const { tabCount, toolMs } = schedule
  const broken: string[] = []
  const check = (isRight: boolean, law: string): void => {
    if (!isRight && !broken.includes(law)) broken.push(law)
  }
  const clock = createManualClock(undefined, schedule.seed)
  // Locks are those of the browser: no other schedule may have the same names.
  const origin = `https://api-${++scheduleCount}.test`
  const server = createSimulator({ ...schedule.server, agents: fullTurn, clock, faults: schedule.faults })
  const network = withFaults(server, [], { clock })
  const world = createWorldAround()
  const toolStorage = createSharedStorage()
  const pages = Array.from({ length: tabCount }, () => createSharedStorage())
  const lives: Life[] = []
  const tabs: (Life | null)[] = pages.map(() => null)
  let chatId: string | null = null
  let runCount = 0
  const tools: ClientTools = [toolOf(clock, toolMs, () => runCount++)]

  function load(tab: number): void {
    const client = createClient({
      baseUrl: origin,
      fetch: network,
      clock,
      surroundings: world,
      publish: 'sync',
      resumeMode: schedule.resumeMode,
      transport: schedule.transport,
      toolStorage,
      resumeStorage: pages[tab] ?? null,
    })
    const { store } = client.follow.conversation({
      agent: 'my-org/assistant',
      // The first tab finds its chat in its own storage, the second one was given a link.
      ...(tab === 0 || chatId === null ? {} : { chatId }),
    })
    const chat = store.getState()
    const texts = watchTexts()
    let endCount = 0
    chat.observe((next: AgentState, before: AgentState) => {
      texts.see(next)
      if (isChatBusy(before) && !isChatBusy(next)) endCount++
      check(endCount <= 1, 'the turn ends once')
    })
    chat.lendTools(tools)
    let leave = (): void => {}
    const life: Life = {
      client,
      chat,
      texts,
      watch() {
        leave()
        leave = chat.store.subscribe(() => {})
      },
      leave: () => leave(),
    }
    life.watch()
    lives.push(life)
    tabs[tab] = life
  }

  load(0)
  const sending = { count: 0, wasCut: false, text: null as string | null }
  tabs[0]?.chat.sendMessage('Where am I?').then(
    ({ text }) => {
      sending.count++
      sending.text = text
    },
    () => {
      sending.count++
      sending.wasCut = true
    },
  )
  await clock.advance(0)
  chatId = tabs[0]?.chat.current().agent.id ?? null
  check(chatId !== null, 'the message was taken')
  if (tabCount === 2) load(1)

  const begin = (act: AgentAct): void => {
    const life = 'tab' in act ? tabs[act.tab % tabCount] : null
    if (act.kind === 'restart') server.restart()
    if (act.kind === 'offline') network.goOffline()
    if (act.kind === 'offline' && act.isSaid) world.say('offline')
    if (act.kind === 'disconnect') life?.chat.disconnect()
    if (act.kind === 'leave') life?.leave()
    if (act.kind === 'retry') life?.chat.reconnect()
    if (act.kind === 'reload' && life !== null && life !== undefined) {
      life.leave()
      life.client.close()
      tabs[act.tab % tabCount] = null
    }
  }
  const end = (act: AgentAct): void => {
    if (act.kind === 'offline') network.goOnline()
    if (act.kind === 'offline' && act.isSaid) world.say('online')
    const tab = 'tab' in act ? act.tab % tabCount : 0
    if (act.kind === 'disconnect') tabs[tab]?.chat.reconnect()
    if (act.kind === 'leave') tabs[tab]?.watch()
    if (act.kind === 'reload' && (tabs[tab] ?? null) === null) load(tab)
  }
  const startedMs = clock.monotonic()
  for (const { atMs, run } of timeline(schedule.acts, begin, end)) {
    await clock.advance(Math.max(0, startedMs + atMs - clock.monotonic()))
    run()
  }

  const living = (): readonly Life[] => tabs.filter((life) => life !== null)
  const isOver = ({ chat }: Life): boolean => {
    const { agent } = chat.current()
    return agent.isLoaded && agent.messages.length > 1 && !isChatBusy(agent)
  }
  let retriedByHandCount = 0
  for (let waitMs = 1000; !living().every(isOver) && waitMs < 4_000_000; waitMs *= 2) {
    await clock.advance(waitMs)
    for (const { chat } of living()) {
      if (chat.current().connection.state !== 'closed') continue
      retriedByHandCount++
      chat.reconnect()
    }
  }
  check(living().every(isOver), 'the turn ends in every tab')
  await clock.advance(5000)
  server.setFaults([])
  if (schedule.faults.some(({ kind }) => kind === 'gap')) {
    // What was lost on a line that goes on is found when it comes again, see SPEC.md.
    for (const { chat } of living()) chat.disconnect()
    for (const { chat } of living()) chat.reconnect()
  }
  await clock.advance(130_000)

  const truth = await readTruth(origin, clock, server, chatId)
  const said = truth.map(essence)
  for (const { chat } of living()) {
    check(
      isDeepStrictEqual(selectMessages(chat.current().agent).map(essence), said),
      'L6: every tab shows the chat',
    )
  }
  for (const { texts, chat } of lives) {
    const keys = new Map(selectMessages(chat.current().agent).map(({ id, key }) => [id, key]))
    const named = truth.map((message) => ({ ...message, key: keys.get(message.id) ?? message.key }))
    for (const law of texts.broken(named)) check(false, `L12: ${law}`)
  }
  check(runCount <= 1, `L13: the tool ran ${runCount} times`)
  const call = truth.flatMap(({ parts }) => parts).find((part) => part.type === 'tool-call')
  check(call?.type === 'tool-call' && call.call.status === 'completed', 'L13: the tool is answered')
  const wasInterrupted = call?.type === 'tool-call' && (call.call.result ?? '').includes('interrupted')
  check(runCount === 1 || wasInterrupted, 'L13: the tool ran, or was interrupted before it could')
  check(sending.count === 1, `sendMessage settled ${sending.count} times`)
  check(sending.wasCut || sending.text === truth.at(-1)?.text, 'the reply is the text of the last message')
  check(server.counters.chats === 1 && server.counters.messages === 1, 'one chat and one message')

  for (const life of living()) {
    life.leave()
    life.client.close()
  }
  await clock.advance(0)
  check(server.counters.openStreams === 0 && network.openBodies === 0, 'no stream is left open')
  server.close()
  check(clock.pendingCount === 0, `${clock.pendingCount} timers are left`)
  check(world.listenerCount === 0, 'no listener is left')
  return { broken, wasInterrupted, lifeCount: lives.length, retriedByHandCount }
}

function toolOf(clock: ManualClock, toolMs: number, onRun: () => void): ClientTools[number] {
  return clientTool({
    name: 'locate',
    run(_args, { signal }) {
      onRun()
      return new Promise((resolve, reject) => {
        const stop = clock.after(toolMs, () => resolve({ city: 'Łódź' }))
        signal.addEventListener('abort', () => {
          stop()
          reject(new Error('stopped'))
        })
      })
    },
  })
}

/** The chat as somebody sees it who comes when all is over. */
async function readTruth(
  baseUrl: string,
  clock: ManualClock,
  fetch: ReturnType<typeof createSimulator>,
  chatId: string | null,
): Promise<readonly ChatMessage[]> {
  const client = createClient({
    baseUrl,
    fetch,
    clock,
    publish: 'sync',
    resumeStorage: null,
    toolStorage: null,
  })
  const { store } = client.follow.conversation({ chatId: chatId ?? 'none' })
  const leave = store.getState().store.subscribe(() => {})
  await clock.advance(10)
  const messages = selectMessages(store.getState().current().agent)
  leave()
  client.close()
  return messages
}

function essence(message: ChatMessage): unknown {
  return { ...essenceOf(message), key: message.id }
}

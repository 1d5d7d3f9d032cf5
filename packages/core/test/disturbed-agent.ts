import { expect } from 'vitest'
import { selectMessages } from '../src/state/select-agent.ts'
import type { Reply } from '../src/store/chat.ts'
import { createClient } from '../src/store/client.ts'
import type { ClientOptions } from '../src/store/client-options.ts'
import { clientTool } from '../src/store/client-tool.ts'
import { agentScript } from '../src/testing/agent-script-builders.ts'
import type { AgentTurn } from '../src/testing/agent-script.ts'
import type { Fault } from '../src/testing/faults.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import { createSimulator, type Simulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { essenceOf, watchTexts, type MessageEssence } from './agent-shown.ts'
import { API } from './world.ts'

/** A turn with thoughts, text, a tool of the client, and a second step that says what it gave. */
export const fullTurn: AgentTurn = agentScript.clientTool({
  name: 'locate',
  args: { żółw: '🦊', precise: true },
  reasoning: 'Gdzie jest lis? 🦊',
  text: 'Let me look, żółw.',
  reply: (result) => `You are at ${result}, 🦊.`,
  stepMs: 100,
  everyMs: 40,
  pieceChars: 10,
  storeEvery: 3,
})

/** What the tool gives. */
const found = { city: 'Łódź' }

/** A server with agents, and a client that talks to one. */
export interface AgentSetting {
  readonly name: string
  readonly server?: SimulatorOptions
  readonly client?: ClientOptions
}

/** What goes wrong, with a name under which its outcome is found. */
export interface AgentCell {
  readonly name: string
  readonly faults?: readonly Fault[]
  /** Done after so many milliseconds. */
  readonly act?: { readonly atMs: number; readonly run: (server: Simulator) => void }
}

/** What a turn came to, and what was seen on its way. */
export interface AgentOutcome {
  readonly reply: ReplyEssence | string
  readonly settledCount: number
  /** The whole chat as it is shown in the end. */
  readonly messages: readonly MessageEssence[]
  readonly toolRuns: readonly unknown[]
  /** L12: text that was shown and was not the beginning of the text, or was less than before. */
  readonly broken: readonly string[]
  readonly chats: number
}

type ReplyEssence = Pick<Reply, 'status' | 'text'> & { readonly roles: readonly string[] }
/** Starts a turn under some faults. */
function start(clock: ManualClock, { server: options, client: chosen }: AgentSetting, cell: AgentCell) {
  const server = createSimulator({ clock, agents: fullTurn, ...options, faults: cell.faults ?? [] })
  const client = createClient({
    baseUrl: API,
    fetch: server,
    clock,
    publish: 'sync',
    resumeStorage: null,
    toolStorage: null,
    ...chosen,
  })
  const toolRuns: unknown[] = []
  const locate = clientTool({
    // Without `input`: what checks it is loaded by the runtime's clock, and not by ours.
    name: 'locate',
    run(args) {
      toolRuns.push(args)
      return found
    },
  })
  const agent = client.agent('my-org/assistant', { tools: [locate] })
  const texts = watchTexts()
  agent.chat.observe((next) => texts.see(next))
  if (cell.act !== undefined) {
    const { atMs, run } = cell.act
    clock.after(atMs, () => run(server))
  }
  let settledCount = 0
  let reply: ReplyEssence | string = 'nothing came'
  agent.sendMessage('Where am I?').then(
    ({ status, text, messages }) => {
      settledCount++
      reply = { status, text, roles: messages.map(({ role }) => role) }
    },
    (thrown: unknown) => {
      settledCount++
      reply = String(thrown)
    },
  )
  return {
    read(): AgentOutcome {
      const shown = selectMessages(agent.chat.current().agent)
      const { chats } = server.counters
      const broken = texts.broken(shown)
      return { reply, settledCount, messages: shown.map(essenceOf), toolRuns, broken, chats }
    },
    /** What is still open when nobody watches any more. */
    async close(): Promise<number> {
      client.close()
      await clock.advance(0)
      const left = server.counters.openStreams
      server.close()
      return left
    },
  }
}

/** All cells by one clock; four minutes of it. */
export async function agentOutcomes(
  setting: AgentSetting,
  cells: readonly AgentCell[],
): Promise<Readonly<Record<string, AgentOutcome>>> {
  const clock = createManualClock()
  const turns = cells.map((cell) => ({ name: cell.name, turn: start(clock, setting, cell) }))
  for (let minute = 0; minute < 4; minute++) await clock.advance(60_000)
  const outcomes = Object.fromEntries(turns.map(({ name, turn }) => [name, turn.read()] as const))
  let leftOpen = 0
  for (const { turn } of turns) leftOpen += await turn.close()
  expect([leftOpen, clock.pendingCount], 'no stream and no timer is left').toEqual([0, 0])
  return outcomes
}

/** Runs the cells a few dozen at a time and compares each with the undisturbed turn. */
export async function expectSameTurn(setting: AgentSetting, cells: readonly AgentCell[]): Promise<void> {
  const { still } = await agentOutcomes(setting, [{ name: 'still' }])
  expect(still).toMatchObject({
    reply: { status: 'completed', text: 'You are at {"city":"Łódź"}, 🦊.' },
    settledCount: 1,
    toolRuns: [{ żółw: '🦊', precise: true }],
    broken: [],
    chats: 1,
  })
  expect(still?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
  for (let first = 0; first < cells.length; first += 50) {
    const some = cells.slice(first, first + 50)
    expect(await agentOutcomes(setting, some)).toEqual(
      Object.fromEntries(some.map(({ name }) => [name, still])),
    )
  }
}

/** The bytes of the undisturbed stream of the chat, and how many messages are in it. */
export async function recordChat(
  setting: AgentSetting,
): Promise<{ readonly sizeBytes: number; readonly count: number }> {
  const clock = createManualClock()
  const server = createSimulator({ clock, agents: fullTurn, ...setting.server })
  let text = ''
  const fetch = async (request: Request): Promise<Response> => {
    const answer = await server(request)
    if (!request.url.endsWith('/stream')) return answer
    const decoder = new TextDecoder()
    const copy = new TransformStream<Uint8Array, Uint8Array>({
      transform(bytes, controller) {
        text += decoder.decode(bytes, { stream: true })
        controller.enqueue(bytes)
      },
    })
    return new Response(answer.body?.pipeThrough(copy) ?? null, answer)
  }
  const client = createClient({
    baseUrl: API,
    fetch,
    clock,
    publish: 'sync',
    resumeStorage: null,
    toolStorage: null,
  })
  const agent = client.agent('my-org/assistant')
  const reply = agent.sendMessage('Where am I?', {
    onToolCall: ({ id }) => void agent.submitToolResult(id, found),
  })
  await clock.advance(10_000)
  await reply
  client.close()
  const isMessage = (line: string): boolean => line.startsWith('{') || line.startsWith('data:')
  return {
    sizeBytes: new TextEncoder().encode(text).length,
    count: text.split('\n').filter(isMessage).length,
  }
}

import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import { createSimulator, type Simulator } from '../src/testing/simulator.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { readBody, type BodyReading } from './read-body.ts'

/** JSON of an answer. */
export type Json = Readonly<Record<string, unknown>>

/** A simulator with one chat. */
export interface ChatWorld {
  readonly clock: ManualClock
  readonly simulator: Simulator
  readonly id: string
  /** Sends a request with a JSON body, where there is one. */
  readonly ask: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Response>
  /** As `ask`, and answers the JSON. */
  readonly read: (method: string, path: string, body?: unknown) => Promise<Json>
  /** Sends a message to the chat. */
  readonly say: (text: string) => Promise<Json>
  /** Follows the chat. */
  readonly follow: (headers?: Readonly<Record<string, string>>) => Promise<BodyReading>
  /** The messages by `GET`, in their order. */
  readonly messages: () => Promise<readonly Json[]>
  /** Calls of the chat by `GET`. */
  readonly invocations: () => Promise<readonly Json[]>
}

/** Makes a simulator in the live dialect, with an idle chat. */
export async function chatWorld(options: SimulatorOptions = {}): Promise<ChatWorld> {
  const clock = createManualClock()
  const simulator = createSimulator({ clock, dialect: 'live', envelope: 'v2', ...options })
  const ask: ChatWorld['ask'] = (method, path, body, headers = {}) =>
    simulator(`https://api.test${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const read: ChatWorld['read'] = async (method, path, body) => {
    const answer = await ask(method, path, body)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`)
    return JSON.parse(text) as Json
  }
  const id = String((await read('POST', '/chats', { agent: 'acme/support' }))['id'])
  const messages = async (): Promise<readonly Json[]> => {
    const { items } = await read('GET', `/chats/${id}/messages?limit=1000`)
    return (items as readonly Json[]).toSorted((a, b) => Number(a['order']) - Number(b['order']))
  }
  return {
    clock,
    simulator,
    id,
    ask,
    read,
    messages,
    say: (message) => read('POST', `/chats/${id}/messages`, { message }),
    invocations: async () => (await messages()).flatMap((one) => one['tool_invocations'] as readonly Json[]),
    async follow(headers = { accept: 'application/x-ndjson' }) {
      const reading = readBody(await ask('GET', `/chats/${id}/stream`, undefined, headers))
      await clock.advance(0)
      return reading
    },
  }
}

/** The lines of an NDJSON body. */
export function linesOf({ text }: Pick<BodyReading, 'text'>): readonly Json[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Json)
}

/** What a stream told: chats, messages and runs by id, as they are after every line; and what deltas said by message. */
export interface ChatFold {
  readonly chat: Json | null
  readonly messages: ReadonlyMap<string, Json>
  readonly said: ReadonlyMap<string, { readonly text: string; readonly reasoning: string }>
}

/** Folds the lines of a stream by the plain rules of P§4.5: fields are copied, anything else replaces. */
export function foldChat(lines: readonly Json[]): ChatFold {
  let chat = null as Json | null
  const messages = new Map<string, Json>()
  const said = new Map<string, { text: string; reasoning: string }>()
  for (const line of lines) {
    const data = (line['data'] ?? {}) as Json
    const fields = line['fields'] as readonly string[] | undefined
    const id = String(data['id'])
    switch (line['event']) {
      case 'chats':
        chat = data
        break
      case 'agent_runs': {
        const active = chat?.['active_run'] as Json | null | undefined
        if (chat !== null && active?.['id'] === data['id']) chat = { ...chat, active_run: data }
        break
      }
      case 'chat_messages': {
        const named = Object.fromEntries((fields ?? []).map((key) => [key, data[key]]))
        messages.set(id, fields === undefined ? data : { ...messages.get(id), ...named })
        break
      }
      case 'delta': {
        const { resource_id: about, delta } = data as { resource_id: string; delta: Record<string, string> }
        const { text, reasoning } = said.get(about) ?? { text: '', reasoning: '' }
        said.set(about, {
          text: text + (delta['response'] ?? ''),
          reasoning: reasoning + (delta['reasoning'] ?? ''),
        })
        break
      }
    }
  }
  return { chat, messages, said }
}

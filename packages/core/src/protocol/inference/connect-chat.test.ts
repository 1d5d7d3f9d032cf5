import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../source/send.ts'
import type { Reach, SourceEnv } from '../../source/source.ts'
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts'
import type { AgentEvent } from '../agent-event.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { inferenceProtocol } from './index.ts'

interface World {
  readonly env: SourceEnv
  readonly clock: ManualClock
  readonly asked: string[]
  /** Paths of the requests that were given up. */
  readonly ended: string[]
}

const world = (answer: (request: HttpRequest) => Response | Promise<Response>): World => {
  const clock = createManualClock()
  const asked: string[] = []
  const ended: string[] = []
  const env: SourceEnv = {
    clock,
    idleMs: 45_000,
    connectTimeoutMs: 10_000,
    chunkSizeBytes: null,
    maxFrameChars: 1 << 20,
    send: async (request, options) => {
      asked.push(`${request.method} ${request.path}`)
      options?.signal?.addEventListener('abort', () => ended.push(request.path))
      return await answer(request)
    },
  }
  return { env, clock, asked, ended }
}

const stream = (text: string): Response =>
  new Response(text, { headers: { 'content-type': 'application/x-ndjson' } })
const never = (): Promise<Response> => new Promise(() => {})
const live = (): AbortSignal => new AbortController().signal

type Answers = Readonly<Record<'chat' | 'messages' | 'stream', () => Response | Promise<Response>>>
const good: Answers = {
  chat: () => new Response('{"data":{"id":"c1","status":"busy"},"messages":[]}'),
  messages: () =>
    new Response('{"data":{"items":[{"id":"m0","order":0}],"has_next":true,"next_cursor":"a="}}'),
  stream: () => stream('{"event":"chats","data":{"id":"c1","status":"idle"}}\n'),
}
const server =
  (answers: Answers) =>
  ({ path }: HttpRequest): Response | Promise<Response> =>
    answers[path.endsWith('/stream') ? 'stream' : path.endsWith('/messages') ? 'messages' : 'chat']()

const present: readonly AgentEvent[] = [
  {
    type: 'chat-fields',
    full: true,
    fields: { id: 'c1', activity: 'busy', activeRunId: null, interrupts: [] },
  },
  { type: 'messages-page', newest: true, messages: [{ id: 'm0', fields: { order: 0 } }], olderCursor: 'a=' },
]
const update: AgentEvent = { type: 'chat-fields', full: true, fields: { id: 'c1', activity: 'idle' } }

async function follow(
  env: SourceEnv,
  { resume, ...reach }: Partial<Reach> & { readonly resume?: ResumeMode } = {},
): Promise<readonly AgentEvent[]> {
  const { agents } = inferenceProtocol(resume === undefined ? {} : { resume })
  const decode = agents.decodeChat('c1')
  const events: AgentEvent[] = []
  for await (const batch of agents.connectChat('c1', env)({ cursor: null, signal: live(), ...reach })) {
    events.push(...batch.flatMap(decode).map(({ event }) => event))
  }
  return events
}

const { agents } = inferenceProtocol()

describe('askChat', () => {
  it('asks for the chat and for its messages at the same time, and tells both as one frame', async () => {
    const { env, clock, asked, ended } = world(server(good))
    const asking = agents.askChat('c1', env)(live())
    expect(asked).toEqual(['GET /chats/c1', 'GET /chats/c1/messages'])
    const frame = await asking
    expect(
      agents
        .decodeChat('c1')(frame)
        .map(({ event }) => event),
    ).toEqual(present)
    expect([clock.pendingCount, ended]).toEqual([0, []])
  })

  it.each(['chat', 'messages'] as const)(
    'gives the other one up where the %s is refused',
    async (refused) => {
      const answers: Answers = {
        ...good,
        chat: never,
        messages: never,
        [refused]: () => new Response('{"title":"T"}', { status: 403 }),
      }
      const { env, clock, ended } = world(server(answers))
      await expect(agents.askChat('c1', env)(live())).rejects.toMatchObject({
        code: 'forbidden',
        status: 403,
      })
      expect(ended).toEqual([refused === 'chat' ? '/chats/c1/messages' : '/chats/c1'])
      expect(clock.pendingCount).toBe(0)
    },
  )

  it.each([404, 405, 501])(
    'does without a page of messages where the server has none: %d',
    async (status) => {
      const chat = (): Response => new Response('{"id":"c1","chat_messages":[{"id":"m0","order":0}]}')
      const { env } = world(server({ ...good, chat, messages: () => new Response('', { status }) }))
      const frame = await agents.askChat('c1', env)(live())
      const [, page] = agents.decodeChat('c1')(frame)
      expect(page?.event).toMatchObject({
        type: 'messages-page',
        messages: [{ id: 'm0' }],
        olderCursor: null,
      })
    },
  )

  it('is told of a chat that is not there', async () => {
    const { env, clock } = world(() => new Response('{"title":"T"}', { status: 404 }))
    await expect(agents.askChat('c1', env)(live())).rejects.toMatchObject({ code: 'not-found' })
    expect(clock.pendingCount).toBe(0)
  })

  it.each(['chat', 'messages'] as const)(
    'gives up on %s that do not come, and says so rightly',
    async (silent) => {
      const { env, clock } = world(server({ ...good, [silent]: never }))
      const asking = agents
        .askChat(
          'c1',
          env,
        )(live())
        .catch((thrown: unknown) => thrown)
      await clock.advance(10_000)
      const error = await asking
      expect(error).toMatchObject({ code: 'connect-timeout', retryable: true })
      expect(String(error)).not.toContain('task')
      expect(clock.pendingCount).toBe(0)
    },
  )

  it('holds nothing once its signal is aborted, before or while it asks', async () => {
    for (const isEarly of [true, false]) {
      const controller = new AbortController()
      if (isEarly) controller.abort()
      const { env, clock } = world(never)
      const asking = expect(agents.askChat('c1', env)(controller.signal)).rejects.toBeDefined()
      controller.abort()
      await asking
      expect(clock.pendingCount).toBe(0)
    }
  })

  it.each(['', '..'])('refuses the id %j', async (id) => {
    const { env, asked } = world(server(good))
    await expect(agents.askChat(id, env)(live())).rejects.toMatchObject({ code: 'misuse' })
    expect(() => agents.connectChat(id, env)).toThrow(/id of a chat/)
    expect(asked).toEqual([])
  })
})

describe('connectChat', () => {
  it('opens the stream, asks for the present, and tells that before what the stream brought', async () => {
    const { env, clock, asked } = world(server(good))
    expect((await follow(env)).slice(0, 3)).toEqual([...present, update])
    expect(asked.slice(0, 3)).toEqual(['GET /chats/c1/stream', 'GET /chats/c1', 'GET /chats/c1/messages'])
    expect(clock.pendingCount).toBe(0)
  })

  it.each<[string, ResumeMode, Partial<Reach>, boolean]>([
    ['a stream that goes on after its cursor', 'auto', { cursor: '7', canResume: true }, false],
    ['one with a hole', 'auto', { cursor: '7', canResume: false }, true],
    ['one without a cursor', 'auto', { canResume: true }, true],
    ['one that only knows its cursor', 'cursor', {}, false],
    ['one that is told anew', 'replay', { cursor: '7', canResume: true }, false],
    ['one that only tells the present', 'snapshot', { cursor: '7', canResume: true }, true],
  ])('asks beside %s (%s) only where that is needed', async (_, resume, reach, isAsked) => {
    const { env, asked } = world(server(good))
    const events = await follow(env, { resume, ...reach })
    expect(asked.includes('GET /chats/c1')).toBe(isAsked)
    expect(events).toEqual(isAsked ? [...present, update] : [update])
  })

  it('says of a cursor that is not known any more that there is a gap, and speaks of no task', async () => {
    const { env } = world(server({ ...good, stream: () => new Response('', { status: 410 }) }))
    const failed = await follow(env, { cursor: '7', canResume: true }).catch((thrown: unknown) => thrown)
    expect(failed).toMatchObject({ code: 'gap', retryable: true })
    expect(String(failed)).not.toContain('task')
  })

  it('ends with a refusal of the stream', async () => {
    const { env, clock } = world(server({ ...good, stream: () => new Response('', { status: 401 }) }))
    await expect(follow(env)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(clock.pendingCount).toBe(0)
  })
})

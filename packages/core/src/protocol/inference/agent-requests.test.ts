import { describe, expect, it } from 'vitest'
import { isStreamError } from '../../errors.ts'
import type { HttpRequest } from '../../source/send.ts'
import type { AgentConfig, AgentRunRequest } from '../agent-config.ts'
import { chatRequest, chatStream, inferenceAgentRequests as asked } from './agent-requests.ts'

function misuseOf(act: () => unknown): string {
  try {
    act()
  } catch (thrown) {
    if (isStreamError(thrown) && thrown.code === 'misuse' && !thrown.retryable) return thrown.message
    throw thrown
  }
  throw new Error('It threw nothing.')
}

const base: AgentRunRequest = {
  agent: 'acme/support',
  chatId: null,
  text: 'hi',
  attachments: [],
  context: null,
}
const input = { text: 'hi', role: 'user', context: [], system_prompt: '', context_size: 0 }
const file = (uri: string, contentType: string): AgentRunRequest['attachments'][number] => ({
  uri,
  filename: 'f',
  contentType,
  sizeBytes: null,
})

describe('runAgent', () => {
  it('sends the first message of P§5.1', () => {
    const run: AgentRunRequest = {
      ...base,
      agent: 'acme/support@k3f9x2ab',
      attachments: [file('https://cloud.inference.sh/app/files/u/abc.png', 'image/png')],
      context: { plan: 'pro' },
    }
    expect(asked.runAgent(run)).toStrictEqual({
      method: 'POST',
      path: '/agents/run',
      body: {
        chat_id: null,
        agent: 'acme/support@k3f9x2ab',
        context: { plan: 'pro' },
        input: { ...input, images: ['https://cloud.inference.sh/app/files/u/abc.png'] },
        stream: false,
      },
    })
  })

  it('sends the config of appendix A5, and drops nothing of it', () => {
    const tool = {
      name: 'get_location',
      display_name: 'Get location',
      description: 'Browser position',
      type: 'client',
      client: { input_schema: { type: 'object', properties: {}, required: [] } },
    }
    const output = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
    const agent: AgentConfig = {
      name: 'locator',
      description: '',
      systemPrompt: 'Use tools.',
      examplePrompts: ['where am I?'],
      coreApp: { ref: 'openrouter/claude-sonnet-4@abc123' },
      tools: [tool],
      internalTools: { finish: true, plan: false, memory: false, widget: false },
      outputSchema: output,
      skills: [{ name: 's' }],
      camelCase: { innerKey: 1 },
      '': 0,
    }
    expect(asked.runAgent({ ...base, agent }).body).toStrictEqual({
      chat_id: null,
      agent_name: 'locator',
      agent_config: {
        name: 'locator',
        description: '',
        system_prompt: 'Use tools.',
        example_prompts: ['where am I?'],
        core_app: { ref: 'openrouter/claude-sonnet-4@abc123' },
        tools: [tool],
        internal_tools: { finish: true, plan: false, memory: false, widget: false },
        output_schema: output,
        skills: [{ name: 's' }],
        camelCase: { innerKey: 1 },
        '': 0,
      },
      input,
      stream: false,
    })
  })

  it('takes a config in the words of the server as it is, and ours before them', () => {
    const agent: AgentConfig = {
      system_prompt: 'theirs',
      core_app: { ref: 'a/b' },
      systemPrompt: 'ours',
      name: undefined as never,
    }
    expect(asked.runAgent({ ...base, agent }).body).toStrictEqual({
      chat_id: null,
      agent_config: { system_prompt: 'ours', core_app: { ref: 'a/b' } },
      input,
      stream: false,
    })
  })

  it('sends keys that prototypes have as keys', () => {
    const agent = JSON.parse('{"name":"n","__proto__":{"polluted":1}}') as AgentConfig
    const { body } = asked.runAgent({ ...base, agent })
    expect(JSON.stringify(body)).toContain('"agent_config":{"name":"n","__proto__":{"polluted":1}}')
  })

  it.each<[string, Partial<AgentRunRequest>, object]>([
    ['a new chat without context', {}, { chat_id: null, agent: 'acme/support', input, stream: false }],
    [
      'a chat that exists, whose context is fixed',
      { chatId: 'c1', context: { plan: 'pro' } },
      { chat_id: 'c1', agent: 'acme/support', input, stream: false },
    ],
    [
      'images and other files apart, in their order',
      {
        attachments: [
          file('u:1', 'IMAGE/PNG'),
          file('u:2', 'application/pdf'),
          file('u:3', ' image/svg+xml'),
          file('u:4', ''),
          file('u:5', 'text/image/x'),
        ],
      },
      {
        chat_id: null,
        agent: 'acme/support',
        input: { ...input, images: ['u:1', 'u:3'], files: ['u:2', 'u:4', 'u:5'] },
        stream: false,
      },
    ],
    [
      'files without a text',
      { text: '', attachments: [file('u:1', 'text/plain')] },
      { chat_id: null, agent: 'acme/support', input: { ...input, text: '', files: ['u:1'] }, stream: false },
    ],
  ])('sends %s', (_, changes, body) => {
    expect(asked.runAgent({ ...base, ...changes }).body).toStrictEqual(body)
  })

  it.each([
    '',
    ' ',
    'acme',
    '/support',
    'acme/',
    'a/b/c',
    'a/b@',
    'a b/c',
    '../b',
    'a/..',
    'a/b@v@w',
    'a/\uD800',
  ])('refuses the agent %j', (agent) => {
    expect(misuseOf(() => asked.runAgent({ ...base, agent }))).toMatch(/namespace\/name/)
    expect(misuseOf(() => asked.agentInfo(agent))).toMatch(/namespace\/name/)
  })

  it.each(['', ' ', '..'])('refuses the chat %j', (chatId) => {
    expect(misuseOf(() => asked.runAgent({ ...base, chatId }))).toMatch(/id of a chat/)
  })
})

describe('inferenceAgentRequests', () => {
  const newest = { cursor: null, limit: null }

  it.each<[string, HttpRequest, HttpRequest]>([
    ['chat', chatRequest('c1'), { method: 'GET', path: '/chats/c1' }],
    ['chatStream', chatStream('c1'), { method: 'GET', path: '/chats/c1/stream' }],
    [
      'sendMessage (appendix A8)',
      asked.sendMessage('c1', 'and tomorrow?'),
      { method: 'POST', path: '/chats/c1/messages', body: { message: 'and tomorrow?' } },
    ],
    ['messages', asked.messages('c1', newest), { method: 'GET', path: '/chats/c1/messages' }],
    [
      'messages of a size',
      asked.messages('c1', { cursor: null, limit: 1 }),
      { method: 'GET', path: '/chats/c1/messages?limit=1' },
    ],
    [
      'messages before a page (appendix A8)',
      asked.messages('c1', { cursor: 'MjAyNi0xMC0wMVQwOTowMDowMFo=', limit: 30 }),
      { method: 'GET', path: '/chats/c1/messages?limit=30&cursor=MjAyNi0xMC0wMVQwOTowMDowMFo%3D' },
    ],
    [
      'messages after a cursor that means something in a query',
      asked.messages('c1', { cursor: 'a+/=&limit=9#é', limit: null }),
      { method: 'GET', path: '/chats/c1/messages?cursor=a%2B%2F%3D%26limit%3D9%23%C3%A9' },
    ],
    ['stopChat', asked.stopChat('c1'), { method: 'POST', path: '/chats/c1/stop' }],
    ['cancelMessage', asked.cancelMessage('m9'), { method: 'POST', path: '/chats/messages/m9/cancel' }],
    [
      'answerTool',
      asked.answerTool('v1', '{"lat":59.9}'),
      { method: 'POST', path: '/tools/v1', body: { result: '{"lat":59.9}' } },
    ],
    ['approveTool', asked.approveTool('v2'), { method: 'POST', path: '/tools/v2/invoke' }],
    [
      'rejectTool',
      asked.rejectTool('v2', 'not now'),
      { method: 'POST', path: '/tools/v2/reject', body: { reason: 'not now' } },
    ],
    [
      'alwaysAllowOptions',
      asked.alwaysAllowOptions('c1', 'v2'),
      { method: 'GET', path: '/chats/c1/tools/v2/always-allow/options' },
    ],
    [
      'alwaysAllow',
      asked.alwaysAllow('c1', 'v2', 'tool'),
      { method: 'POST', path: '/chats/c1/tools/v2/always-allow', body: { option: 'tool' } },
    ],
    [
      'resolveInterrupt',
      asked.resolveInterrupt('i1', 'deny'),
      { method: 'POST', path: '/interrupts/i1/resolve', body: { decision: 'deny' } },
    ],
    ['agentInfo', asked.agentInfo('acme/support'), { method: 'GET', path: '/agents/acme/support' }],
    [
      'agentInfo of a version',
      asked.agentInfo('acme/support@k3f9x2ab'),
      { method: 'GET', path: '/agents/acme/support' },
    ],
    ['agentInfo, encoded', asked.agentInfo('a?b/c#d'), { method: 'GET', path: '/agents/a%3Fb/c%23d' }],
  ])('%s', (_, request, expected) => {
    expect(request).toStrictEqual(expected)
  })

  const addressed: readonly (readonly [string, (id: string) => HttpRequest])[] = [
    ['chat', chatRequest],
    ['chatStream', chatStream],
    ['sendMessage', (id) => asked.sendMessage(id, '')],
    ['messages', (id) => asked.messages(id, newest)],
    ['stopChat', (id) => asked.stopChat(id)],
    ['cancelMessage', (id) => asked.cancelMessage(id)],
    ['answerTool', (id) => asked.answerTool(id, '')],
    ['approveTool', (id) => asked.approveTool(id)],
    ['rejectTool', (id) => asked.rejectTool(id, '')],
    ['alwaysAllowOptions of a chat', (id) => asked.alwaysAllowOptions(id, 'v')],
    ['alwaysAllowOptions of a call', (id) => asked.alwaysAllowOptions('c', id)],
    ['alwaysAllow of a chat', (id) => asked.alwaysAllow(id, 'v', 'k')],
    ['alwaysAllow of a call', (id) => asked.alwaysAllow('c', id, 'k')],
    ['resolveInterrupt', (id) => asked.resolveInterrupt(id, 'allow')],
  ]

  it.each(addressed)('%s percent-encodes the id, and refuses one that cannot be one', (_, request) => {
    expect(request('../a?b#c/é').path).toContain('/..%2Fa%3Fb%23c%2F%C3%A9')
    for (const id of ['', ' ', '.', '..', '\uD800']) {
      expect(misuseOf(() => request(id))).toMatch(
        /^\[misuse\] The id of an? (chat|message|tool call|interrupt) is/,
      )
    }
  })

  it.each([0, -1, 1.5, NaN, Infinity])('messages refuses pages of %d', (limit) => {
    expect(misuseOf(() => asked.messages('c1', { cursor: null, limit }))).toMatch(/page size/)
  })
})

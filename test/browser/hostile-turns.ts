import type { AgentStep, AgentTurn } from '@taskstream/core/testing'
import { hostileTexts } from './hostile-chat.ts'

/** Every so manieth short case is streamed character by character, any other in {@link pieceCount} pieces. */
const closeStride = 6
const pieceCount = 8

function pieces(text: string, isClose: boolean): readonly string[] {
  const chars = Array.from(text)
  const size = isClose && chars.length <= 120 ? 1 : Math.ceil(chars.length / pieceCount)
  return Array.from({ length: Math.ceil(chars.length / size) }, (_, index) =>
    chars.slice(index * size, (index + 1) * size).join(''),
  )
}

/** One message for each case: thought, said, handed to a tool, and answered by it. */
export function speak(cases: readonly string[]): AgentTurn {
  const steps: AgentStep[] = []
  let atMs = 0
  for (const [index, payload] of cases.entries()) {
    const call = `call_${index}`
    const said = pieces(payload, index % closeStride === 0)
    const args = JSON.stringify({ [payload.slice(0, 80)]: payload, value: payload })
    for (const text of said) steps.push({ type: 'reasoning', text, atMs: ++atMs })
    for (const text of said) steps.push({ type: 'text', text, atMs: ++atMs })
    for (const piece of pieces(args, false))
      steps.push({ type: 'call', call, name: payload, args: piece, atMs: ++atMs })
    steps.push(
      { type: 'tools', tools: [{ call, kind: 'http', name: payload, displayName: payload }], atMs },
      {
        type: 'tool',
        call,
        status: index % 5 === 4 ? 'failed' : 'completed',
        result: `Found: ${payload}`,
        atMs,
      },
    )
  }
  return [...steps, { type: 'text', text: 'That was all.', atMs }]
}

/** One message for each address: a picture, a file, and what tools answered. */
export function show(cases: readonly string[]): AgentTurn {
  return [
    ...cases.flatMap((payload, index): AgentTurn => {
      const atMs = index * 10
      const call = `call_${index}`
      const result = JSON.stringify({
        image: { uri: payload, content_type: 'image/png', filename: payload },
        page: { url: payload, content_type: 'text/html' },
        link: payload,
        list: [payload],
      })
      return [
        { type: 'media', media: 'image', uri: payload, atMs },
        { type: 'media', media: 'file', uri: payload, atMs },
        { type: 'tools', tools: [{ call, kind: 'app', name: 'look', args: { url: payload } }], atMs },
        { type: 'tool', call, status: 'completed', result, atMs },
        { type: 'tools', tools: [{ call: `${call}b`, kind: 'mcp', name: 'look', args: payload }], atMs },
        { type: 'tool', call: `${call}b`, status: 'completed', result: payload, atMs },
      ]
    }),
    { type: 'text', text: 'That was all.', atMs: cases.length * 10 },
  ]
}

/** Everything beside messages that a server, an agent or a tool may word, and what waits for a person. */
export function surround(): AgentTurn {
  const all = hostileTexts.join(' ')
  const properties = Object.fromEntries(
    hostileTexts.map((text, index) => [
      index % 2 === 0 ? `field ${index}` : text,
      { type: 'string', title: text, description: text, enum: index % 3 === 0 ? [text, 'other'] : undefined },
    ]),
  )
  const requests = {
    [all]: { method: 'elicitation/create', params: { message: all, requestedSchema: { properties } } },
    page: { method: 'elicitation/create', params: { mode: 'url', message: all, url: 'javascript:alert(1)' } },
  }
  const requirement_errors = hostileTexts.map((text) => ({ type: text, key: text, message: text }))
  return [
    { type: 'name', name: all, atMs: 0 },
    {
      type: 'plan',
      plan: hostileTexts.map((text) => ({ title: text, description: text, notes: text, status: 'pending' })),
      atMs: 0,
    },
    ...hostileTexts.flatMap((text): AgentTurn => [
      ...(['system', 'injection', 'compaction'] as const).map((role): AgentStep => ({
        type: 'row',
        row: { role, text },
        atMs: 0,
      })),
      { type: 'row', row: { role: 'event', text: '', event: { type: text, [text]: { text } } }, atMs: 0 },
    ]),
    { type: 'text', text: 'Waiting.', atMs: 0 },
    {
      type: 'tools',
      tools: [
        { call: 'allow', kind: 'http', name: all, args: { [all]: all }, needsApproval: true },
        {
          call: 'input',
          kind: 'mcp',
          name: all,
          data: { input_required: true, input_requests: requests, round: 1 },
        },
        { call: 'widget', kind: 'internal', name: all, widget: { type: all, children: [all] } },
        {
          call: 'needs',
          kind: 'app',
          name: all,
          status: 'failed',
          result: all,
          data: { requirement_errors },
        },
      ],
      atMs: 0,
    },
    { type: 'interrupt', reason: 'hook_gate', meta: { [all]: all, url: 'javascript:alert(1)' }, atMs: 0 },
    { type: 'await', atMs: 0 },
  ]
}

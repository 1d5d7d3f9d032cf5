import { agentScript } from './agent-script-builders.ts'
import type { AgentRequest, AgentScript } from './agent-script.ts'
import type { AgentCard, ScriptsByAgent } from './simulator-options.ts'

/**
 * Agents for examples; give it to `createSimulator` as its `agents`. `demo/assistant` does what the message speaks of: a
 * client tool (`time`), an approval (`mail`), a search, a plan, a form, another agent, a failure, or a long answer.
 */
export const demoAgents: ScriptsByAgent = {
  'demo/assistant': (request) => answerTo(request),
}

/** What is told of {@link demoAgents}. */
export const demoAgentCards: Readonly<Record<string, AgentCard>> = {
  'demo/assistant': {
    description: 'A simulated agent. It thinks, calls tools, asks for leave, and never loses its line.',
    examplePrompts: [
      'What time is it where I am?',
      'Send the report to ada@example.com',
      'Search for foxes in the snow',
      'Write a long answer with code and a table',
      'Make a plan for a small garden',
    ],
  },
}

/** What each word of a message leads to; the first one that fits. */
const abilities: readonly (readonly [RegExp, (request: AgentRequest) => AgentScript])[] = [
  [
    /\btime|clock|where\b/i,
    () =>
      agentScript.clientTool({
        name: 'get_local_time',
        displayName: 'Local time',
        args: { format: 'long' },
        reasoning: 'Only the browser of the user knows that. I ask it.',
        reply: (result) => `Your browser says that it is **${clip(result)}**.`,
      }),
  ],
  [
    /\bmail|send\b/i,
    () =>
      agentScript.approval({
        name: 'send_mail',
        displayName: 'Send a mail',
        args: {
          to: 'ada@example.com',
          subject: 'The report',
          body: 'Dear Ada,\n\nhere is the report that you asked for.\n\nYours',
        },
        text: 'I have written it. Shall I send it?',
        result: '{"queued":true}',
        reply: 'It is on its way.',
        rejected: 'Then it stays a draft.',
      }),
  ],
  [
    /\bsearch|find|web\b/i,
    ({ text }) =>
      agentScript.serverTool({
        name: 'web_search',
        displayName: 'Search the web',
        args: { query: clip(text), limit: 3 },
        reasoning:
          'I had better look that up instead of guessing. Three results are enough for a first look.',
        result: JSON.stringify([
          { title: 'Foxes in winter', url: 'https://example.com/foxes' },
          { title: 'How foxes hear mice under snow', url: 'https://example.com/hearing' },
        ]),
        runMs: 2500,
        reply:
          'I found two pages: [Foxes in winter](https://example.com/foxes) and [How foxes hear mice under snow](https://example.com/hearing).',
      }),
  ],
  [
    /\bplan\b/i,
    () => agentScript.plan({ steps: ['Measure the bed', 'Choose the plants', 'Draw it'], text: plan }),
  ],
  [
    /\bform|ask me\b/i,
    () =>
      agentScript.input({
        name: 'book_table',
        displayName: 'Book a table',
        text: 'I need two things from you.',
        requests: {
          booking: {
            method: 'elicitation/create',
            params: {
              mode: 'form',
              message: 'For when, and for how many?',
              requestedSchema: {
                type: 'object',
                properties: {
                  day: { type: 'string', title: 'Day', enum: ['Friday', 'Saturday', 'Sunday'] },
                  guests: { type: 'integer', title: 'Guests', minimum: 1, maximum: 12 },
                  outside: { type: 'boolean', title: 'Outside' },
                },
                required: ['day', 'guests'],
              },
            },
          },
        },
        reply: 'Booked. See you then.',
      }),
  ],
  [
    /\bteam|delegate|other agent\b/i,
    () =>
      agentScript.subAgent({
        name: 'researcher',
        displayName: 'Researcher',
        args: { task: 'Read everything about foxes' },
        child: agentScript.usual({ text: 'Foxes hear mice under a foot of snow.' }),
        reply: (result) => `My colleague says: ${clip(result)}`,
      }),
  ],
  [
    /\bfail|error\b/i,
    () => agentScript.fails({ text: 'I was about to say', error: 'the model is overloaded' }),
  ],
  [
    /\blong|code|table|markdown\b/i,
    () => agentScript.usual({ reasoning: thoughts, text: longAnswer, everyMs: 20 }),
  ],
]

function answerTo(request: AgentRequest): AgentScript {
  const { text, files } = request
  const ability = abilities.find(([word]) => word.test(text))
  if (ability !== undefined) return ability[1](request)
  if (files.length > 0) {
    return agentScript.usual({
      text: `Thank you. I have ${files.length === 1 ? 'one file' : `${files.length} files`} from you.`,
    })
  }
  return agentScript.usual({
    reasoning: 'The user says something that I have no tool for. I say what I can do.',
    text:
      `You said: “${clip(text)}”.\n\nI am a simulated agent, so that is all I know about it. Ask me for the **time**, to send a ` +
      '**mail**, to **search**, for a **plan**, a **form**, a **long** answer, or to **fail**.',
  })
}

function clip(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

const thoughts =
  'The user wants something long. A heading, a list, a table and some code show most of what I can write. ' +
  'I keep each of them short, so that nobody has to scroll for long.'

const plan =
  'Here is the plan: measure first, choose plants for the light that there is, then draw it to scale.'

const longAnswer = `## How a line survives

A stream is a *fold* over what the server said. When the line breaks, three things are done:

1. The line is opened again, with **full jitter**, so that a thousand clients do not come back at once.
2. The present is asked for, and what the stream brought meanwhile is folded behind it.
3. What was known already is passed over.

| way back | what the server can | what it costs |
| --- | --- | ---: |
| cursor | continue after an id | nothing |
| replay | begin anew | the past |
| snapshot | tell the present | one request |

\`\`\`ts
const client = createClient({ proxyUrl: '/api/inference' })
const agent = client.agent('my-org/assistant@latest')

const { text } = await agent.sendMessage('Explain quantum entanglement', {
  onMessage: ({ type, content }) => show(type, content),
})
\`\`\`

> Nothing is lost, and nothing is said twice.

- [x] Cut the network while this is written
- [x] Reload the page
- [ ] Find a word that is missing

That is all.`

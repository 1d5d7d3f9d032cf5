import type { Expectation, HeardEvent, Scenario } from './run-scenario.ts'
import type { BodyPart, ScriptedResponse } from './scenario-server.ts'

type Client = Scenario['client']

const sse = { 'content-type': 'text/event-stream' }

/** A stream that ends cleanly after these parts. */
function ends(...body: readonly BodyPart[]): ScriptedResponse {
  return { status: 200, headers: sse, body, end: 'end' }
}

/** A stream that stays open after these parts. */
function stays(...body: readonly BodyPart[]): ScriptedResponse {
  return { status: 200, headers: sse, body, end: 'hang' }
}

function refuses(status: number, headers: Readonly<Record<string, string>> = {}): ScriptedResponse {
  return { status, headers, body: ['no'], end: 'end' }
}

function heard(data: string, id = '', event = 'message'): HeardEvent {
  return { event, data, id }
}

/** One byte, then a pause, and so on. */
function slowly(text: string, ms: number): readonly BodyPart[] {
  const hex = [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0'))
  return hex.flatMap((byte) => [{ hex: byte }, { wait: ms }])
}

function scene(
  name: string,
  responses: readonly ScriptedResponse[],
  expect: Expectation,
  { windowMs = 1200, ...client }: Client & { readonly windowMs?: number } = {},
): Scenario {
  return { name, client, windowMs, responses, expect }
}

const lastEventIds: readonly Scenario[] = [
  scene(
    'an id counts for the messages behind it that have none',
    [ends('retry: 60\nid: n-4\ndata: one\n\nevent: step\ndata: two\n\n'), stays()],
    {
      events: [heard('one', 'n-4'), heard('two', 'n-4', 'step')],
      requests: 2,
      lastEventIds: [null, 'n-4'],
    },
  ),
  scene(
    'an empty id takes back the one before it, whether or not a message comes with it',
    [ends('retry: 60\nid: n-4\ndata: one\n\nid\n\n'), stays('id: n-5\ndata: two\n\n')],
    { events: [heard('one', 'n-4'), heard('two', 'n-5')], requests: 2, lastEventIds: [null, null] },
  ),
  scene(
    'a block of an id alone moves the id and brings no message',
    [ends('retry: 60\nid: 11\ndata: one\n\nid: 12\n\n'), ends('id: 13\n\n'), stays()],
    { events: [heard('one', '11')], requests: 3, lastEventIds: [null, '12', '13'] },
    { windowMs: 2000 },
  ),
  ...(['end', 'reset', 'destroy'] as const).map((end) =>
    scene(
      `a block that is cut off (${end}) brings neither its message nor its id`,
      [
        { ...ends('retry: 60\nid: 1\ndata: whole\n\nid: 2\nevent: x\ndata: half\ndata: of it'), end },
        stays('data: next\n\n'),
      ],
      { events: [heard('whole', '1'), heard('next', '1')], requests: 2, lastEventIds: [null, '1'] },
      { windowMs: 2000 },
    ),
  ),
  scene(
    'half a character at the end of a connection is not joined to the next one',
    [
      { ...ends('retry: 60\nid: 1\ndata: a\n\ndata: ', { hex: 'f09fa6' }), end: 'reset' },
      stays({ hex: '8a' }, '\ndata: b\n\n'),
    ],
    { events: [heard('a', '1'), heard('b', '1')], requests: 2 },
    { windowMs: 2000 },
  ),
  scene(
    'an id outside of ASCII goes back as the UTF-8 that it came in',
    [ends('retry: 60\nid: żółw–ü–🦊\ndata: one\n\n'), stays()],
    { events: [heard('one', 'żółw–ü–🦊')], requests: 2, lastEventIds: [null, 'żółw–ü–🦊'] },
  ),
  scene(
    'an id with a NUL is passed over, and the one before it stays',
    [ends('retry: 60\nid: 1\ndata: one\n\nid: 2\u00003\ndata: two\n\n'), stays()],
    { events: [heard('one', '1'), heard('two', '1')], requests: 2, lastEventIds: [null, '1'] },
  ),
  scene(
    'an id that is known from earlier goes with the first request',
    [stays('data: one\n\n')],
    { events: [heard('one', 'from-before')], requests: 1, lastEventIds: ['from-before'] },
    { lastEventId: 'from-before', windowMs: 600 },
  ),
]

const delays: readonly Scenario[] = [
  scene(
    'the pause that a server asks for is kept',
    [ends('retry: 500\ndata: one\n\n'), stays()],
    { events: [heard('one')], requests: 2, gaps: [[495, 1050]] },
    { windowMs: 1500 },
  ),
  scene(
    'a pause that is no number is none, and the one before it stays',
    [ends('retry: 400\nretry: -1\nretry: 9.5\nretry: 1e9\nretry:\ndata: one\n\n'), stays()],
    { events: [heard('one')], requests: 2, gaps: [[395, 900]] },
    { windowMs: 1500 },
  ),
  scene(
    'R7: a server that asks for no pause, and ends each stream, is not asked in a loop',
    [ends('retry: 0\n\n')],
    { events: [], requestsMin: 2, requestsMax: 30 },
    { windowMs: 1500 },
  ),
  scene(
    'R7: a server that asks for no pause, and says something new each time, is not asked in a loop',
    [ends('retry: 0\ndata: news\n\n')],
    { requestsMin: 2, requestsMax: 30 },
    { windowMs: 1500 },
  ),
]

const refusals: readonly Scenario[] = [
  scene(
    'a server that fails is asked again',
    [refuses(502), stays('data: up\n\n')],
    { events: [heard('up')], requests: 2, gaps: [[90, 1200]] },
    { windowMs: 2200 },
  ),
  ...[429, 503].map((status) =>
    scene(
      `a server that answers ${status} says when to come back`,
      [refuses(status, { 'retry-after': '1' }), stays('data: up\n\n')],
      { events: [heard('up')], requests: 2, gaps: [[950, 2600]] },
      { windowMs: 3000 },
    ),
  ),
  ...[400, 401, 403, 404, 410, 422].map((status) =>
    scene(`a refusal (${status}) is final`, [refuses(status, sse)], { events: [], requests: 1, error: true }),
  ),
  ...[204, 205].map((status) =>
    scene(
      `an answer without content (${status}) says that nothing will come`,
      [{ status, headers: sse, end: 'end' }],
      { events: [], requests: 1, error: true, errorCode: 'gone' },
    ),
  ),
  ...[301, 303, 307].map((status) =>
    scene(
      `a redirection (${status}) is followed`,
      [{ status, headers: { location: '/moved{path}' }, end: 'end' }, stays('data: here\n\n')],
      { events: [heard('here')], requests: 2, error: false },
      { windowMs: 600 },
    ),
  ),
  scene(
    'a redirection to nowhere is final',
    [refuses(302)],
    { events: [], requests: 1, error: true, errorCode: 'http' },
    { windowMs: 1000 },
  ),
  ...['text/html; charset=utf-8', 'text/event-stream2', 'application/json'].map((type) =>
    scene(
      `what is declared as ${type} is no stream; it is asked for again, since a captive portal goes away`,
      [{ ...ends('data: not for us\n\n'), headers: { 'content-type': type } }, stays('data: up\n\n')],
      { events: [heard('up')], requests: 2 },
      { windowMs: 1600 },
    ),
  ),
  scene(
    'a connection that is cut before its headers is opened again',
    [{ rawReset: true }, stays('data: up\n\n')],
    { events: [heard('up')], requests: 2 },
    { windowMs: 1600 },
  ),
]

const bodies: readonly Scenario[] = [
  scene(
    'a body that is shorter than was promised is a broken one',
    [
      {
        ...ends('retry: 60\nid: 1\ndata: a\n\n'),
        headers: { ...sse, 'content-length': '64' },
        end: 'truncate',
      },
      stays('data: b\n\n'),
    ],
    { events: [heard('a', '1'), heard('b', '1')], requests: 2, lastEventIds: [null, '1'] },
    { windowMs: 2000 },
  ),
  scene(
    'byte by byte, characters of several bytes too, the same comes out',
    [stays(...slowly('id: 🦊\nevent: e\ndata: żó\n\n', 10))],
    { events: [heard('żó', '🦊', 'e')], requests: 1, lastEventIds: [null] },
  ),
  scene(
    'a character whose parts come apart is whole',
    [stays('data: caf', { hex: 'c3' }, { wait: 150 }, { hex: 'a9' }, '\n\n')],
    { events: [heard('café')], requests: 1 },
    { windowMs: 700 },
  ),
  scene(
    'what is compressed and flushed comes at once',
    [
      {
        ...stays('data: one\n\n', { wait: 400 }, 'data: two\n\n'),
        headers: { ...sse, 'content-encoding': 'gzip' },
        gzip: true,
      },
    ],
    { events: [heard('one'), heard('two')], requests: 1, firstEventBeforeMs: 380 },
  ),
]

const silence: readonly Scenario[] = [
  scene(
    'R6: a line that falls silent is found within its limit and a second',
    [
      stays('retry: 60\nid: 5\ndata: a\n\n'),
      stays('data: b\n\n', ...Array.from({ length: 9 }, () => [{ wait: 100 }, ':\n']).flat()),
    ],
    { events: [heard('a', '5'), heard('b', '5')], requests: 2, lastEventIds: [null, '5'] },
    { readTimeoutMs: 400, windowMs: 1400 },
  ),
  scene(
    'a line that brings nothing but signs of life is kept',
    [
      stays(
        'data: a\n\n',
        ...Array.from({ length: 10 }, () => [{ wait: 150 }, ': \n']).flat(),
        'data: b\n\n',
      ),
    ],
    { events: [heard('a'), heard('b')], requests: 1 },
    { readTimeoutMs: 500, windowMs: 2000 },
  ),
]

const closing: readonly Scenario[] = [
  scene('closed while it is open, it asks no more', [ends('retry: 60\ndata: a\n\n')], {
    events: [heard('a')],
    requests: 1,
    closeAfterEvents: 1,
  }),
  scene(
    'closed by whoever hears the second of four messages, it says no more of them',
    [stays('data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\n')],
    { events: [heard('a'), heard('b')], requests: 1, closeAfterEvents: 2, socketClosed: true },
    { windowMs: 600 },
  ),
  scene(
    'closed while it waits for an answer, it gives up the connection',
    [{ noHeaders: true }],
    { events: [], requests: 1, closeAtMs: 80, socketClosed: true },
    { windowMs: 700 },
  ),
  scene(
    'closed while it waits for the next attempt, it makes none',
    [ends('retry: 500\ndata: a\n\n')],
    { events: [heard('a')], requests: 1, closeAtMs: 250 },
    { windowMs: 1500 },
  ),
]

/** Our own scenarios, written from the HTML standard, RFC 9110 and the contract. */
export const scenarios: readonly Scenario[] = [
  ...lastEventIds,
  ...delays,
  ...refusals,
  ...bodies,
  ...silence,
  ...closing,
  scene(
    'headers of the application go with every request',
    [ends('retry: 60\ndata: a\n\n'), stays()],
    { requests: 2, header: ['x-tenant', ['north', 'north']] },
    { headers: { 'x-tenant': 'north' } },
  ),
]

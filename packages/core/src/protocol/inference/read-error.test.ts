import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StreamErrorCode } from '../../errors.ts'
import { readErrorAnswer } from './read-error.ts'
import { MAX_DETAIL_CHARS } from './read-problem.ts'

const NOW_MS = Date.UTC(2026, 9, 1, 9)

const read = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  readErrorAnswer(
    new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers }),
    NOW_MS,
  )

const statuses: readonly (readonly [number, StreamErrorCode, boolean, RegExp])[] = [
  [400, 'invalid-request', false, /correct/],
  [401, 'unauthorized', false, /Check the API key/],
  [402, 'payment-required', false, /Add a payment method/],
  [403, 'forbidden', false, /scope/],
  [404, 'not-found', false, /Check the name or id/],
  [405, 'invalid-request', false, /correct/],
  [408, 'http', true, /trying again/],
  [409, 'conflict', false, /Read its present state/],
  [410, 'gone', false, /session: 'new'/],
  [412, 'invalid-request', false, /correct/],
  [413, 'invalid-request', false, /correct/],
  [422, 'unprocessable', false, /Check the input/],
  [425, 'http', true, /Trying again/],
  [429, 'rate-limited', true, /Wait/],
  [500, 'http', true, /trying again/],
  [502, 'http', true, /trying again/],
  [503, 'http', true, /trying again/],
  [504, 'http', true, /trying again/],
  [599, 'http', true, /trying again/],
  [302, 'http', false, /Check the base address/],
]

describe('readErrorAnswer', () => {
  it.each(statuses)(
    'HTTP %d is %s, retryable: %s, and says what to do',
    async (status, code, retryable, fix) => {
      const error = await read(status, {
        type: 'https://inference.sh/problems/some_code',
        title: 'T',
        detail: 'what it says',
      })
      expect(error).toMatchObject({ code, retryable, status, problem: 'some_code', requirements: [] })
      expect(error.message).toMatch(
        new RegExp(`^\\[${code}\\] .*HTTP ${status}, some_code.*: what it says\\. `),
      )
      expect(error.message).toMatch(fix)
    },
  )

  it.each<[string, unknown, string | null, string]>([
    [
      'problem details',
      { type: 'https://x.example/a/not_found', title: 'T', detail: 'D' },
      'not_found',
      ': D.',
    ],
    ['a title alone', { title: 'Bad Request' }, null, ': Bad Request.'],
    ['about:blank', { type: 'about:blank', title: 'T' }, null, ': T.'],
    [
      'a type with slash, query and fragment',
      { type: 'https://x.example/gone/?a=/b#/c', title: 'T' },
      'gone',
      ': T.',
    ],
    ['a type that is a word', { type: 'not_found', detail: 'D.' }, 'not_found', ': D.'],
    ['a message', { message: 'M' }, null, ': M.'],
    ['a blank detail', { detail: ' ', title: 'T' }, null, ': T.'],
    [
      'V1',
      { success: false, status: 404, error: { code: 'not_found', message: 'M', meta: {} } },
      'not_found',
      ': M.',
    ],
    ['an error without envelope', { error: { code: 'c', message: 'M' } }, 'c', ': M.'],
    [
      'an error that is a text',
      { error: 'GET /teams is not available' },
      null,
      ': GET /teams is not available.',
    ],
    ['another object', { a: 1 }, null, ': {"a":1}.'],
    ['a list', [1], null, ': [1].'],
    ['an empty object', {}, null, '(HTTP 400). '],
    ['null', 'null', null, '(HTTP 400). '],
    ['a JSON text', '"no"', null, ': no.'],
    ['nothing', '', null, '(HTTP 400). '],
    ['plain text', 'no such\n\tthing', null, ': no such thing.'],
    ['text with tags', 'no <b>such</b> thing', null, ': no <b>such</b> thing.'],
    ['a status of its own', { status: 404, detail: 'D' }, null, '(HTTP 400): D.'],
    ['keys from a prototype', '{"__proto__":{"detail":"evil"}}', null, ': {"__proto__":{"detail":"evil"}}.'],
  ])('reads %s', async (_, body, problem, text) => {
    const error = await read(400, body)
    expect(error).toMatchObject({ code: 'invalid-request', status: 400, problem })
    expect(error.message).toContain(text)
  })

  it.each([
    '<!DOCTYPE html><p>secret',
    ' \n<html lang="en">secret',
    '<?xml version="1.0"?>\n<!doctype html>secret',
  ])('names a page and does not quote it: %s', async (body) => {
    const error = await read(502, body)
    expect(error.message).toContain('an HTML page instead of JSON')
    expect(error.message).not.toMatch(/secret|</)
  })

  it('quotes at most the first characters of a long text, and no half of one', async () => {
    const error = await read(500, 'x'.repeat(MAX_DETAIL_CHARS - 2) + '😀'.repeat(1000))
    expect(error.message).toContain(`${'x'.repeat(MAX_DETAIL_CHARS - 2)}….`)
    expect(error.message).not.toMatch(/\p{Cs}/u)
  })

  it.each(['inf_abcdef0123456789', 'Bearer eyJhbGciOi.J9.x-y_z=', 'sk-abcdefgh12345678'])(
    'repeats no key that the server quotes: %s',
    async (key) => {
      for (const body of [
        { detail: `bad key ${key}!` },
        `bad key ${key}!`,
        { error: { message: `bad key ${key}!` } },
      ]) {
        const { message } = await read(401, body)
        expect(message).not.toContain(key)
        expect(message).toContain('bad key')
      }
    },
  )

  it.each<[Record<string, string>, number | null]>([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': new Date(NOW_MS + 9000).toUTCString() }, 9000],
    [{ 'x-ratelimit-reset': String(NOW_MS / 1000 + 5) }, 5000],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
  ])('takes %j as the time to wait', async (headers, retryAfterMs) => {
    expect(await read(429, {}, headers)).toMatchObject({ code: 'rate-limited', retryAfterMs })
    expect(await read(503, {}, headers)).toMatchObject({ code: 'http', retryAfterMs })
  })

  it('tells a rate limit in V1 from its body when the answer says 200', async () => {
    const error = await read(200, {
      success: false,
      status: 200,
      error: { code: 'rate_limited', message: 'slow' },
    })
    expect(error).toMatchObject({ code: 'rate-limited', retryable: true, status: 429 })
  })

  it('keeps the status when the body breaks off or is too long', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('cut')) })
    const long = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(100_000)) })
    for (const body of [broken, long]) {
      expect(await readErrorAnswer(new Response(body, { status: 404 }), NOW_MS)).toMatchObject({
        code: 'not-found',
        status: 404,
        problem: null,
      })
    }
  })

  it('never rejects, whatever the body', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), fc.string()),
        fc.integer({ min: 400, max: 599 }),
        async (body, status) => {
          const error = await read(status, body)
          expect(error.status).toBe(status)
          expect(error.message.length).toBeLessThan(1500)
        },
      ),
    )
  })

  it('survives a body that nests deeper than the stack', async () => {
    expect(await read(500, '['.repeat(50_000) + ']'.repeat(50_000))).toMatchObject({
      code: 'http',
      status: 500,
    })
  })
})

describe('HTTP 412', () => {
  const errors = [
    {
      type: 'secret',
      key: 'OPENAI_KEY',
      message: 'secret OPENAI_KEY is not set',
      action: { type: 'add_secret' },
    },
    {
      type: 'integration',
      key: 'google',
      message: 'connect Google',
      action: { type: 'connect', provider: 'google' },
    },
    { type: 'quantum', key: 'q', message: 'entangle', action: null },
  ]

  it.each<[string, unknown]>([
    ['plain', { satisfied: false, errors }],
    ['without satisfied', { errors }],
    ['in data', { data: { satisfied: false, errors } }],
    ['in a V1 error', { success: false, status: 412, error: { code: 'requirements', message: 'M', errors } }],
    [
      'in the meta of a V1 error',
      { success: false, status: 412, error: { code: 'r', message: 'M', meta: { errors } } },
    ],
  ])('is requirements, %s', async (_, body) => {
    const error = await read(412, body)
    expect(error).toMatchObject({ code: 'requirements', retryable: false, status: 412 })
    expect(error.requirements).toEqual(errors)
    expect(error.message).toContain(
      ': secret OPENAI_KEY is not set; connect Google; entangle. Add what is missing',
    )
  })

  it.each<[string, unknown]>([
    ['without errors', { satisfied: false }],
    ['with errors that are no list', { errors: {} }],
    ['as a problem', { type: 'https://x.example/bad_target', detail: 'host not allowed' }],
    ['without a body', ''],
  ])('is an invalid request, %s', async (_, body) => {
    expect(await read(412, body)).toMatchObject({
      code: 'invalid-request',
      retryable: false,
      requirements: [],
    })
  })

  it('fills what a requirement leaves out and skips what is none', async () => {
    const error = await read(412, {
      errors: [null, 'x', {}, { type: 'secret', key: 'K', message: 7, action: 'a' }],
    })
    expect(error.requirements).toEqual([
      { type: 'unknown', key: '', message: 'unknown is missing', action: null },
      { type: 'secret', key: 'K', message: 'secret K is missing', action: null },
    ])
  })

  it('with an empty list is requirements that are not named', async () => {
    expect(await read(412, { errors: [] })).toMatchObject({ code: 'requirements', requirements: [] })
  })

  it('is told by the list only where the status says 412', async () => {
    expect(await read(400, { errors, title: 'T' })).toMatchObject({
      code: 'invalid-request',
      requirements: [],
    })
  })
})

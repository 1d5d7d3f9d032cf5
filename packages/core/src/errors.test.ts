import { describe, expect, it } from 'vitest'
import { isStreamError, StreamError, type StreamErrorCode } from './errors.ts'

const codes: Readonly<Record<StreamErrorCode, true>> = {
  network: true,
  http: true,
  idle: true,
  'connect-timeout': true,
  truncated: true,
  malformed: true,
  gap: true,
  'frame-too-large': true,
  'wrong-content-type': true,
  'invalid-request': true,
  unauthorized: true,
  'payment-required': true,
  forbidden: true,
  'not-found': true,
  conflict: true,
  gone: true,
  requirements: true,
  unprocessable: true,
  'rate-limited': true,
  'upload-failed': true,
  'task-failed': true,
  'task-cancelled': true,
  'agent-failed': true,
  timeout: true,
  aborted: true,
  disconnected: true,
  misuse: true,
}

describe('StreamError', () => {
  it.each(Object.keys(codes))('a message of %s begins with its code', (code) => {
    const error = new StreamError(code as StreamErrorCode, 'What happened.')
    expect(error.message).toBe(`[${code}] What happened.`)
    expect(error).toMatchObject({ name: 'StreamError', code })
    expect(error).toBeInstanceOf(Error)
  })

  it('carries nothing that it was not given', () => {
    const error = new StreamError('gap', 'x')
    expect(Object.fromEntries(Object.entries(error))).toEqual({
      name: 'StreamError',
      code: 'gap',
      retryable: false,
      status: null,
      retryAfterMs: null,
      problem: null,
      detail: null,
      requirements: [],
      taskId: null,
    })
    expect('cause' in new StreamError('gap', 'x')).toBe(false)
  })

  it('carries what it was given', () => {
    const cause = new Error('socket')
    const requirement = { type: 'secret', key: 'K', message: 'not set', action: null }
    const details = {
      retryable: true,
      status: 429,
      retryAfterMs: 5,
      problem: 'p',
      requirements: [requirement],
      taskId: 't',
      cause,
    }
    expect(new StreamError('rate-limited', 'x', details)).toMatchObject(details)
  })
})

describe('StreamError.from', () => {
  it('leaves a StreamError what it is', () => {
    const error = new StreamError('gone', 'x')
    expect(StreamError.from(error)).toBe(error)
  })

  it.each([
    ['an error', new TypeError('Load failed'), '(Load failed)'],
    ['an error without words', new Error(), 'could not be opened.'],
    ['an abort of somebody else', new DOMException('stop', 'AbortError'), '(stop)'],
    ['a text', 'boom', 'could not be opened.'],
    ['nothing', undefined, 'could not be opened.'],
    ['null', null, 'could not be opened.'],
  ])('takes %s for a fault of the line', (_name, thrown, said) => {
    const error = StreamError.from(thrown)
    expect(error).toMatchObject({ code: 'network', retryable: true, status: null })
    expect(error.cause).toBe(thrown)
    expect(error.message).toMatch(/^\[network\] /)
    expect(error.message).toContain(said)
  })
})

describe('isStreamError', () => {
  it('knows an error of another copy of the package by the registered symbol', () => {
    const other = Object.defineProperty(new Error('[gone] x'), Symbol.for('@taskstream/StreamError'), {
      value: true,
    })
    expect(other).not.toBeInstanceOf(StreamError)
    expect(isStreamError(other)).toBe(true)
    expect(StreamError.from(other)).toBe(other)
  })

  it.each([
    [null],
    [undefined],
    ['gone'],
    [7],
    [new Error('[gone] x')],
    [{ code: 'gone', name: 'StreamError' }],
  ])('does not take %s for one', (value) => {
    expect(isStreamError(value)).toBe(false)
  })
})

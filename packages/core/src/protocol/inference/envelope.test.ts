import { describe, expect, it } from 'vitest'
import { StreamError } from '../../errors.ts'
import { readBody, readBodyRecord, unwrap } from './envelope.ts'

function thrownBy(act: () => unknown): StreamError {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof StreamError) return thrown
    throw thrown
  }
  throw new Error('It threw nothing.')
}

const task = { id: 't1', status: 7 }

describe('unwrap', () => {
  it.each<[string, unknown, unknown]>([
    ['V1', { success: true, status: 200, data: task }, task],
    ['V1 with data that looks wrapped', { success: true, status: 200, data: { data: 1 } }, { data: 1 }],
    ['V1 without data', { success: true, status: 200 }, null],
    ['V2: the task itself', task, task],
    ['V2: a list', [task], [task]],
    ['V3', { data: task }, task],
    ['V3 with messages', { data: task, messages: [] }, task],
    ['V3 with messages and an id', { id: 'x', data: task, messages: [] }, task],
    ['V3 of a list', { data: [task] }, [task]],
    ['V3 of nothing', { data: null }, null],
    ['a bare object with id and data', { id: 'v1', data: { a: 1 } }, { id: 'v1', data: { a: 1 } }],
    ['success that is no boolean', { success: 'yes', status: 200, data: task }, task],
    ['success without a status', { success: false, data: task }, task],
    [
      'a task with a boolean success and a named status',
      { id: 't', success: true, status: 'running' },
      { id: 't', success: true, status: 'running' },
    ],
    ['null', null, null],
    ['a text', 'x', 'x'],
  ])('opens %s', (_, value, expected) => {
    expect(unwrap(value)).toEqual(expected)
  })

  it('is not misled by keys in a prototype', () => {
    const value: unknown = JSON.parse('{"__proto__":{"data":1,"success":false,"status":500},"id":"t1"}')
    expect(unwrap(value)).toBe(value)
  })

  it.each([
    [404, 'not_found', 'not-found'],
    [200, 'not_found', 'not-found'],
    [200, 'something_new', 'http'],
  ])('throws what a V1 error means, with HTTP status %d and code %s', (status, code, expected) => {
    const error = thrownBy(() => unwrap({ success: false, status, error: { code, message: 'no such task' } }))
    expect(error).toMatchObject({ code: expected, problem: code })
    expect(error.message).toContain('no such task')
  })
})

describe('readBody', () => {
  it.each(['', ' \n'])('takes the empty body %j for a success that says nothing', (body) => {
    expect(readBody(body)).toBeNull()
  })

  it('throws malformed for what is not JSON, without a word of it', () => {
    const error = thrownBy(() => readBody('<html>inf_secret'))
    expect(error.code).toBe('malformed')
    expect(error.message).not.toContain('secret')
  })

  it.each(['null', '[]', '7', '', '{"data":null}', '{"data":[{}]}'])('%j is no object', (body) => {
    const error = thrownBy(() => readBodyRecord(body, 'a task'))
    expect(error).toMatchObject({ code: 'malformed', retryable: false })
    expect(error.message).toContain('is not a task')
  })
})

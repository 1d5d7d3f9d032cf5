import { expect, test } from 'vitest'
import { readFieldValue, readInputRequests, type InputField } from './elicitation-fields.ts'

const ask = (property: unknown, required: readonly string[] = []) => ({
  input_requests: {
    a: {
      method: 'elicitation/create',
      params: {
        message: 'Who?',
        requestedSchema: { type: 'object', required, properties: { x: property } },
      },
    },
  },
})

function fieldOf(property: unknown, required?: readonly string[]): InputField {
  const field = readInputRequests(ask(property, required))?.[0]?.fields[0]
  if (field === undefined) throw new Error('There is no field.')
  return field
}

test.each<readonly [unknown, Partial<InputField>]>([
  [{ type: 'string' }, { kind: 'text', label: 'x', inputType: 'text', initial: '' }],
  [
    { type: 'string', title: 'Name', default: 'Ada' },
    { label: 'Name', initial: 'Ada' },
  ],
  [{ type: 'string', format: 'email' }, { inputType: 'email' }],
  [{ type: 'string', format: 'date-time' }, { inputType: 'datetime-local' }],
  [
    { type: 'integer', default: 3 },
    { kind: 'integer', initial: '3' },
  ],
  [
    { type: 'boolean', default: true },
    { kind: 'boolean', initial: true },
  ],
  [
    { type: 'string', enum: ['a', 'b'], enumNames: ['A'] },
    {
      kind: 'choice',
      options: [
        { value: 'a', label: 'A' },
        { value: 'b', label: 'b' },
      ],
    },
  ],
  [
    { type: 'string', oneOf: [{ const: 'a', title: 'A' }, { title: 'nothing' }] },
    { kind: 'choice', options: [{ value: 'a', label: 'A' }] },
  ],
  [
    { type: 'array', items: { enum: ['a', 'b'] }, default: ['b', 1] },
    { kind: 'choices', initial: ['b'] },
  ],
  ['nonsense', { kind: 'text', isRequired: false }],
])('the property %j is the field %j', (property, field) => {
  expect(fieldOf(property)).toMatchObject(field)
})

test('what the schema requires is required', () => {
  expect(fieldOf({ type: 'string' }, ['x']).isRequired).toBe(true)
})

test.each<readonly [unknown]>([
  [null],
  [{}],
  [{ input_requests: {} }],
  [{ input_requests: [] }],
  [{ input_requests: { a: { method: 'sampling/createMessage', params: {} } } }],
  [{ input_requests: { a: { method: 'elicitation/create' } } }],
])('%j holds no question that we can ask', (data) => {
  expect(readInputRequests(data as never)).toBeNull()
})

test('a page to be opened asks for no fields', () => {
  const params = { mode: 'url', message: 'Sign in', url: 'https://a.example' }
  expect(readInputRequests({ input_requests: { a: { method: 'elicitation/create', params } } })).toEqual([
    { key: 'a', message: 'Sign in', url: 'https://a.example', fields: [] },
  ])
})

test.each<readonly [unknown, string, unknown]>([
  [{ type: 'string' }, '', undefined],
  [{ type: 'string' }, '12', '12'],
  [{ type: 'number' }, '1.5', 1.5],
  [{ type: 'number' }, 'x', null],
  [{ type: 'integer' }, '2', 2],
  [{ type: 'integer' }, '2.5', null],
  [{ type: 'string', format: 'date-time' }, 'x', null],
])('of the field %j the text %j says %j', (property, text, value) => {
  expect(readFieldValue(fieldOf(property), text)).toEqual(value)
})

test.each<readonly [unknown, unknown]>([
  [{ type: 'string', enum: ['a', 'b'], default: 'c' }, ''],
  [{ type: 'array', items: { enum: ['a', 'b'] }, default: ['c', 'a'] }, ['a']],
  [{ type: 'string', format: 'date', default: 'soon' }, ''],
  [{ type: 'string', format: 'date', default: '2024-02-03' }, '2024-02-03'],
  [{ type: 'string', format: 'date-time', default: 'soon' }, ''],
  [{ type: 'string', format: 'date-time', default: '2024-02-03T04:05' }, '2024-02-03T04:05'],
  [{ type: 'string', default: 'a\nb' }, 'ab'],
])('of %j nothing is answered that the reader does not see', (property, initial) => {
  expect(fieldOf(property).initial).toEqual(initial)
})

test('a choice that is named twice is there once', () => {
  expect(fieldOf({ type: 'string', enum: ['a', 'b', 'a'] }).options.map(({ value }) => value)).toEqual([
    'a',
    'b',
  ])
})

import { describe, expect, it } from 'vitest'
import { checkArgs, type CheckedArgs } from './check-args.ts'
import type { AnyClientTool } from './client-tool.ts'
import type { StandardResult, StandardSchemaV1 } from './standard-schema.ts'

const check = (input: AnyClientTool['input'], args: unknown): Promise<CheckedArgs> =>
  checkArgs({ name: 'look', run: () => '', ...(input !== undefined && { input }) }, args)

function standard(
  validate: (value: unknown) => StandardResult<unknown> | Promise<StandardResult<unknown>>,
): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'test', validate } }
}

const address = {
  type: 'object',
  properties: {
    unit: { enum: ['celsius', 'kelvin'] },
    days: { type: 'integer', minimum: 1, maximum: 7 },
    places: { type: 'array', items: { $ref: '#/$defs/place' } },
  },
  required: ['unit'],
  additionalProperties: false,
  $defs: { place: { type: 'object', properties: { 'a/b': { type: 'string', maxLength: 3 } } } },
}

async function linesOf(args: unknown): Promise<readonly string[]> {
  const checked = await check(address, args)
  return checked.ok ? [] : checked.message.split('\n')
}

describe('checkArgs', () => {
  it('takes anything where nothing is demanded', async () => {
    for (const args of [null, 7, { a: 1 }])
      expect(await check(undefined, args)).toEqual({ ok: true, value: args })
  })

  describe('with a JSON Schema', () => {
    it('takes what fits, as it is', async () => {
      const args = { unit: 'kelvin', days: 3, places: [{ 'a/b': 'abc' }] }
      const checked = await check(address, args)
      expect(checked.ok && checked.value).toBe(args)
    })

    it.each<[string, unknown, readonly string[]]>([
      ['no arguments', null, ['arguments: Instance type "null" is invalid. Expected "object".']],
      ['a missing name', {}, ['arguments: Instance does not have required property "unit".']],
      ['a name too many', { unit: 'kelvin', x: 'secret' }, ['arguments/x: is not allowed here']],
      [
        'several at once, deep inside',
        { unit: 'secret', days: 8, places: [{}, { 'a/b': 'secret' }, 5] },
        [
          'arguments/unit: Instance does not match any of ["celsius","kelvin"].',
          'arguments/days: The value is greater than 7.',
          'arguments/places/1/a~1b: String is too long (6 > 3).',
          'arguments/places/2: Instance type "number" is invalid. Expected "object".',
        ],
      ],
    ])('tells of %s where and why, and repeats no value', async (_, args, lines) => {
      expect(await linesOf(args)).toEqual(lines)
    })

    it('writes nothing into the schema, which may be frozen', async () => {
      const frozen = Object.freeze({ ...address, properties: Object.freeze(address.properties) })
      expect(await check(frozen, { unit: 'kelvin' })).toMatchObject({ ok: true })
      expect(Object.getOwnPropertyNames(address.$defs.place)).toEqual(['type', 'properties'])
    })

    it.each([
      ['does not resolve', { $ref: '#/$defs/none' }],
      ['never ends', { $ref: '#' }],
      ['is no data', { type: 'object', run: () => {} }],
    ])('tells that nothing fits a schema that %s', async (_, schema) => {
      expect(await check(schema, {})).toEqual({
        ok: false,
        message: expect.stringContaining('could not be checked') as unknown,
      })
    })

    it('tells at most 20 lines and 2,000 characters', async () => {
      const names = Array.from({ length: 40 }, (_, i) => `${i} ${'n'.repeat(400)}`)
      const few = await linesOf({ unit: 'kelvin', ...Object.fromEntries(names.map((name) => [name, 1])) })
      expect(few.join('\n').length).toBeLessThanOrEqual(2000)
      const many = await check({ type: 'array', items: { type: 'string' } }, names.map(Number))
      expect(many.ok ? [] : many.message.split('\n')).toHaveLength(21)
      expect(many).toMatchObject({ message: expect.stringMatching(/\nand 20 more$/) as unknown })
    })
  })

  describe('with a Standard Schema', () => {
    it('gives what the schema made of them, also when it takes its time', async () => {
      const doubled = (value: unknown): StandardResult<unknown> => ({ value: Number(value) * 2 })
      expect(await check(standard(doubled), 2)).toEqual({ ok: true, value: 4 })
      expect(
        await check(
          standard(async (value) => doubled(value)),
          3,
        ),
      ).toEqual({ ok: true, value: 6 })
    })

    it('takes a schema that is a function', async () => {
      const schema = Object.assign(
        () => {},
        standard(() => ({ value: 'made' })),
      )
      expect(await check(schema, 2)).toEqual({ ok: true, value: 'made' })
    })

    it('tells each issue with its path', async () => {
      const issues = [
        { message: 'Expected text' },
        { message: 'Too big', path: ['a/b', 0, { key: 'c' }, Symbol('d')] },
        { message: 'Expected text' },
      ]
      expect(
        await check(
          standard(() => ({ issues })),
          {},
        ),
      ).toEqual({
        ok: false,
        message: 'arguments: Expected text\narguments/a~1b/0/c/Symbol(d): Too big',
      })
    })

    it('clips long words and long names', async () => {
      const issues = Array.from({ length: 30 }, (_, i) => ({
        message: `${i} ${'w'.repeat(5000)}`,
        path: ['n'.repeat(5000)],
      }))
      const checked = await check(
        standard(() => ({ issues })),
        {},
      )
      expect(checked.ok ? 0 : checked.message.length).toBe(2000)
    })

    it('tells that something is wrong where the schema lists nothing', async () => {
      expect(
        await check(
          standard(() => ({ issues: [] })),
          {},
        ),
      ).toEqual({ ok: false, message: 'arguments: do not fit' })
    })

    it.each([
      [
        'throws',
        () => {
          throw new Error('mine')
        },
      ],
      ['rejects', () => Promise.reject(new Error('mine'))],
    ])('tells of a check that %s', async (_, validate) => {
      expect(await check(standard(validate), {})).toEqual({
        ok: false,
        message: expect.stringMatching(/mine$/) as unknown,
      })
    })
  })
})

import { describe, expect, it } from 'vitest'
import { isStreamError } from '../errors.ts'
import { clientTool, type AnyClientTool } from './client-tool.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'
import { describeInput, toolConfigOf } from './tool-config.ts'

const object = { type: 'object', properties: { precise: { type: 'boolean' } } }
const run = (): string => ''

function schemaOf(jsonSchema?: unknown): StandardSchemaV1 {
  const standard = {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) => ({ value }),
    jsonSchema,
  } as const
  return { '~standard': standard }
}
const refuse = (): never => {
  throw new Error('not representable')
}

describe('describeInput', () => {
  it.each<[string, Partial<AnyClientTool>, unknown]>([
    ['an object of anything without input', {}, { type: 'object', properties: {} }],
    ['input where it is a JSON Schema', { input: object }, object],
    ['what the library makes of it', { input: schemaOf({ input: () => object }) }, object],
    ['inputSchema before all', { input: schemaOf({ input: refuse }), inputSchema: object }, object],
  ])('is %s', (_, tool, schema) => {
    expect(describeInput({ name: 'look', run, ...tool })).toEqual(schema)
  })

  it('asks for draft 2020-12', () => {
    const input = schemaOf({ input: (options: unknown) => ({ options }) })
    expect(describeInput({ name: 'look', run, input })).toEqual({ options: { target: 'draft-2020-12' } })
  })

  it.each([
    ['cannot tell its own', undefined],
    ['tells it in a way of its own', { output: () => object }],
    ['refuses', { input: refuse }],
    ['tells nothing', { input: () => null }],
    ['is no function', { input: object }],
  ])('demands inputSchema where the schema %s', (_, jsonSchema) => {
    try {
      describeInput({ name: 'look', run, input: schemaOf(jsonSchema) })
      expect.unreachable('there is no schema')
    } catch (thrown) {
      expect(isStreamError(thrown) && thrown.code).toBe('misuse')
      expect(String(thrown)).toContain('inputSchema')
    }
  })
})

describe('toolConfigOf', () => {
  it('names a tool in the words of the wire, without what runs it', () => {
    const named = {
      name: 'look',
      displayName: 'Look',
      description: 'Looks',
      input: object,
      timeoutMs: 5,
      run,
    }
    expect(toolConfigOf(clientTool(named))).toEqual({
      name: 'look',
      display_name: 'Look',
      description: 'Looks',
      type: 'client',
      client: { input_schema: object },
    })
  })

  it('leaves out what is not said', () => {
    expect(toolConfigOf(clientTool({ name: 'look', run }))).toEqual({
      name: 'look',
      type: 'client',
      client: { input_schema: { type: 'object', properties: {} } },
    })
  })
})

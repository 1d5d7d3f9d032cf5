import { StreamError } from '../errors.ts'
import type { AgentToolConfig } from '../protocol/agent-config.ts'
import { isRecord } from '../protocol/json.ts'
import type { AnyClientTool, JsonSchema } from './client-tool.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/**
 * The JSON Schema of the arguments for the model: `inputSchema`, else `input` where it is one, else what its library makes
 * of it; an object of anything where there is no `input`.
 *
 * @throws {StreamError} `misuse` where `input` cannot tell its own
 * @see https://standardschema.dev/json-schema
 */
export function describeInput({ name, input, inputSchema }: AnyClientTool): JsonSchema {
  if (inputSchema !== undefined) return inputSchema
  if (input === undefined) return { type: 'object', properties: {} }
  if (!isStandardSchema(input)) return input
  let cause: unknown
  try {
    const told = tellJsonSchema(input)
    if (isRecord(told)) return told
  } catch (thrown) {
    cause = thrown
  }
  throw new StreamError(
    'misuse',
    `The schema of the tool "${name}" cannot be turned into a JSON Schema, so the model of an ad-hoc agent cannot be told its arguments. Pass one as inputSchema beside input.`,
    { cause },
  )
}

/** A client tool as an ad-hoc agent is told of it (P§10). Nothing of it runs on the server. */
export function toolConfigOf(tool: AnyClientTool): AgentToolConfig {
  return {
    name: tool.name,
    ...(tool.displayName !== undefined && { display_name: tool.displayName }),
    ...(tool.description !== undefined && { description: tool.description }),
    type: 'client',
    client: { input_schema: describeInput(tool) },
  }
}

/** Whether a schema checks by itself, as those of a library do, which may be functions. */
export function isStandardSchema(input: StandardSchemaV1 | JsonSchema): input is StandardSchemaV1 {
  return '~standard' in input
}

/** What the schema says of itself, which may be anything. */
function tellJsonSchema(schema: StandardSchemaV1): unknown {
  const standard: object = schema['~standard']
  if (!('jsonSchema' in standard)) return null
  const { jsonSchema } = standard
  if (typeof jsonSchema !== 'object' || jsonSchema === null || !('input' in jsonSchema)) return null
  return isConverter(jsonSchema.input) ? jsonSchema.input({ target: 'draft-2020-12' }) : null
}

function isConverter(value: unknown): value is (options: { readonly target: string }) => unknown {
  return typeof value === 'function'
}

import type { OutputUnit, Schema, Validator } from '@cfworker/json-schema'
import type { AnyClientTool, JsonSchema } from './client-tool.ts'
import type { StandardIssue } from './standard-schema.ts'
import { clipText, messageOf } from './tool-answer.ts'
import { isStandardSchema } from './tool-config.ts'

/** What a check of arguments says; `message` is for the agent: what is wrong where, a line each. */
export type CheckedArgs =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string }

/** Longest message, longest line of it, and longest name in a path, in UTF-16 units. */
const maxMessageChars = 2000
const maxLineChars = 300
const maxNameChars = 64

/** Most lines of a message: the rest is often the same again. */
const maxLines = 20

/** Keywords that say only that something below them is wrong, which has a line of its own. */
const wrappers: ReadonlySet<string> = new Set([
  '$ref',
  '$recursiveRef',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'dependentSchemas',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'unevaluatedItems',
  'unevaluatedProperties',
])

/** Keywords whose message begins with the number that is wrong. */
const limits: ReadonlySet<string> = new Set([
  'exclusiveMaximum',
  'exclusiveMinimum',
  'maximum',
  'minimum',
  'multipleOf',
])

/** What is made of a JSON Schema to check with, so that it is made once. */
const validators = new WeakMap<JsonSchema, Validator>()

/**
 * Checks arguments by the `input` of a tool; without one, anything fits. `value` is what a Standard Schema made of them.
 *
 * A message has at most 2,000 UTF-16 units. We repeat none of the values; what a schema library puts into its own messages
 * is its affair. A check that throws is told like one that fails: never rejects.
 */
export async function checkArgs({ input }: AnyClientTool, args: unknown): Promise<CheckedArgs> {
  if (input === undefined) return { ok: true, value: args }
  try {
    if (!isStandardSchema(input)) return toChecked(await checkByJsonSchema(input, args), args)
    const result = await input['~standard'].validate(args)
    if (result.issues === undefined) return { ok: true, value: result.value }
    return toChecked(result.issues.map(lineOfIssue), args)
  } catch (thrown) {
    const message = `The arguments could not be checked, which no other arguments will change: ${messageOf(thrown)}`
    return { ok: false, message: clipText(message, maxMessageChars) }
  }
}

/** `null` where nothing is wrong. A library that says so with an empty list finds something wrong all the same. */
function toChecked(lines: readonly string[] | null, value: unknown): CheckedArgs {
  if (lines === null) return { ok: true, value }
  const all = [...new Set(lines)]
  const shown = all.slice(0, maxLines).map((line) => clipText(line, maxLineChars))
  if (all.length > maxLines) shown.push(`and ${all.length - maxLines} more`)
  return { ok: false, message: clipText(shown.join('\n') || 'arguments: do not fit', maxMessageChars) }
}

async function checkByJsonSchema(schema: JsonSchema, args: unknown): Promise<readonly string[] | null> {
  const validator = validators.get(schema) ?? (await makeValidator(schema))
  validators.set(schema, validator)
  const { valid, errors } = validator.validate(args)
  return valid ? null : errors.filter(({ keyword }) => !wrappers.has(keyword)).map(lineOfError)
}

/** Loaded when the first JSON Schema is to be checked: whoever has none never loads it. */
async function makeValidator(schema: JsonSchema): Promise<Validator> {
  const { Validator } = await import('@cfworker/json-schema')
  // A copy, because the validator writes into what it is given.
  const copy: Schema = structuredClone(schema)
  return new Validator(copy, '2020-12', false)
}

function lineOfError({ instanceLocation, keyword, error }: OutputUnit): string {
  const path = instanceLocation.slice(1).split('/').slice(1)
  const said = limits.has(keyword) ? error.replace(/^\S+/, 'The value') : error
  return `${pathOf(path)}: ${keyword === 'false' ? 'is not allowed here' : said}`
}

function lineOfIssue({ path = [], message }: StandardIssue): string {
  const names = path.map((part) => String(typeof part === 'object' ? part.key : part))
  return `${pathOf(names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')))}: ${message}`
}

/** A JSON Pointer (RFC 6901) behind the word `arguments`. */
function pathOf(names: readonly string[]): string {
  return ['arguments', ...names.map((name) => clipText(name, maxNameChars))].join('/')
}

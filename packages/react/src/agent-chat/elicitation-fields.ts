import type { JsonRecord } from '@taskstream/core'

/** A question of an MCP server (protocol §7.5). */
export interface InputRequest {
  readonly key: string
  readonly message: string
  /** A page to be opened in place of fields; `null` where fields are asked for. */
  readonly url: string | null
  readonly fields: readonly InputField[]
}

/** One thing that is asked for. */
export interface InputField {
  readonly name: string
  readonly label: string
  readonly description: string | null
  readonly kind: 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'choices'
  /** Type of the `input` where it is a text. */
  readonly inputType: 'text' | 'email' | 'url' | 'date' | 'datetime-local'
  readonly isRequired: boolean
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly initial: FieldValue
}

/** What stands in a field. */
export type FieldValue = string | boolean | readonly string[]

/** Most values to choose from. */
const maxOptions = 500
/** Most questions of a call, and fields of a question, that are shown. */
const maxFields = 50

const inputTypes: Readonly<Record<string, InputField['inputType']>> = {
  email: 'email',
  uri: 'url',
  date: 'date',
  'date-time': 'datetime-local',
}

/** The questions that a call waits for; `null` where it asks none, or one that we cannot ask. */
export function readInputRequests(data: JsonRecord | null): readonly InputRequest[] | null {
  const requests = record(data?.['input_requests'])
  if (requests === null) return null
  const read = Object.entries(requests).slice(0, maxFields).map(readRequest)
  return read.length === 0 || read.includes(null) ? null : read.filter((one) => one !== null)
}

function readRequest([key, value]: [string, unknown]): InputRequest | null {
  const request = record(value)
  const params = record(request?.['params'])
  if (params === null || request?.['method'] !== 'elicitation/create') return null
  const schema = record(params['requestedSchema'])
  const properties = record(schema?.['properties']) ?? {}
  const required = list(schema?.['required'])
  return {
    key,
    message: text(params['message']) ?? '',
    url: params['mode'] === 'url' ? (text(params['url']) ?? '') : null,
    fields: Object.entries(properties)
      .slice(0, maxFields)
      .map(([name, property]) => readField(name, record(property) ?? {}, required.includes(name))),
  }
}

function readField(name: string, property: JsonRecord, isRequired: boolean): InputField {
  const type = property['type']
  const items = record(property['items'])
  const options = readOptions(type === 'array' && items !== null ? items : property)
  const format = text(property['format']) ?? ''
  const inputType = (Object.hasOwn(inputTypes, format) ? inputTypes[format] : undefined) ?? 'text'
  const kind =
    type === 'boolean' || type === 'number' || type === 'integer'
      ? type
      : options.length === 0
        ? 'text'
        : type === 'array'
          ? 'choices'
          : 'choice'
  return {
    name,
    label: text(property['title']) ?? name,
    description: text(property['description']),
    kind,
    inputType,
    isRequired,
    options,
    initial: readInitial(kind, property['default'], inputType, options),
  }
}

function readOptions(property: JsonRecord): InputField['options'] {
  const names = list(property['enumNames'])
  const plain = list(property['enum']).flatMap((value, index) =>
    typeof value === 'string' ? [{ value, label: text(names[index]) ?? value }] : [],
  )
  const titled = [...list(property['oneOf']), ...list(property['anyOf'])].flatMap((one) => {
    const value = text(record(one)?.['const'])
    return value === null ? [] : [{ value, label: text(record(one)?.['title']) ?? value }]
  })
  const byValue = new Map<string, InputField['options'][number]>()
  for (const option of [...plain, ...titled]) {
    if (byValue.size < maxOptions && !byValue.has(option.value)) byValue.set(option.value, option)
  }
  return [...byValue.values()]
}

/** What shows in the field: anything else would be answered without having been seen. */
function readInitial(
  kind: InputField['kind'],
  value: unknown,
  inputType: InputField['inputType'],
  options: InputField['options'],
): FieldValue {
  const isOption = (one: unknown): one is string => options.some((option) => option.value === one)
  if (kind === 'boolean') return value === true
  if (kind === 'choices') return [...new Set(list(value).filter(isOption))]
  if (kind === 'choice') return isOption(value) ? value : ''
  const said = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  if (kind === 'text' && inputType === 'date') return validDate(said, /^\d{4}-\d\d-\d\d$/)
  if (kind === 'text' && inputType === 'datetime-local')
    return validDate(said, /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/)
  return said.replace(/[\r\n]/g, '')
}

function validDate(value: string, shape: RegExp): string {
  return shape.test(value) && !Number.isNaN(Date.parse(value)) ? value : ''
}

/** What a field says, as the server wants it; `undefined` where it says nothing, `null` where it cannot be read. */
export function readFieldValue(field: InputField, value: FieldValue): unknown {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return value.length === 0 ? undefined : value
  if (value === '') return undefined
  if (field.kind === 'text' || field.kind === 'choice') {
    return field.inputType === 'datetime-local' ? readDate(value) : value
  }
  const read = Number(value)
  return Number.isFinite(read) && (field.kind !== 'integer' || Number.isInteger(read)) ? read : null
}

function readDate(value: string): string | null {
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

function record(value: unknown): JsonRecord | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : null
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

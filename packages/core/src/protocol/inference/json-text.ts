import { parseJson } from '../../wire/json.ts'
import { isRecord, readValue, type JsonRecord } from '../json.ts'

/** The value under `key`, where a server sends it as it is or as the JSON text of it (P§6.2); `null` for other text. */
export function readJson(record: JsonRecord, key: string): unknown {
  const value = readValue(record, key)
  if (typeof value !== 'string') return value
  const json = parseJson(value)
  return json.ok ? json.value : null
}

/** The object under `key`, sent as it is or as the JSON text of it; `null` for anything else. */
export function readJsonRecord(record: JsonRecord, key: string): JsonRecord | null {
  const value = readJson(record, key)
  return isRecord(value) ? value : null
}

/** The text under `key`; of any other value its JSON. `null` where there is none, or it nests too deep to be written. */
export function readJsonText(record: JsonRecord, key: string): string | null {
  const value = readValue(record, key)
  if (typeof value === 'string' || value === null) return value
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}

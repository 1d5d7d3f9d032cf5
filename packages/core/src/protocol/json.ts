/** A JSON object of unknown content. Read its keys with the readers of this file, which see own keys only. */
export type JsonRecord = Readonly<Record<string, unknown>>

/** Whether `value` is a JSON object: neither `null` nor a list. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether `record` itself holds `key`; what it inherits (`constructor`, `toString`) does not count. */
export function hasKey(record: JsonRecord, key: string): boolean {
  return Object.hasOwn(record, key)
}

/** The value of an own key, and `null` where there is none: on this wire, absent and `null` mean the same (P§1.1). */
export function readValue(record: JsonRecord, key: string): unknown {
  return Object.hasOwn(record, key) ? (record[key] ?? null) : null
}

/** The string under `key`, and `null` for anything else. */
export function readString(record: JsonRecord, key: string): string | null {
  const value = readValue(record, key)
  return typeof value === 'string' ? value : null
}

/** The string under `key`, and `null` for anything else or a string of nothing but white space. */
export function readText(record: JsonRecord, key: string): string | null {
  const value = readString(record, key)
  return value === null || value.trim() === '' ? null : value
}

/** The finite number under `key`, and `null` for anything else. */
export function readNumber(record: JsonRecord, key: string): number | null {
  const value = readValue(record, key)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The object under `key`, and `null` for anything else. */
export function readRecord(record: JsonRecord, key: string): JsonRecord | null {
  const value = readValue(record, key)
  return isRecord(value) ? value : null
}

/** The list under `key`, and `null` for anything else. */
export function readList(record: JsonRecord, key: string): readonly unknown[] | null {
  const value = readValue(record, key)
  return Array.isArray(value) ? value : null
}

/** The objects of the list under `key`, in its order; `[]` where there is no list. What is no object is left out. */
export function readRecords(record: JsonRecord, key: string): readonly JsonRecord[] {
  return readList(record, key)?.filter(isRecord) ?? []
}

import { isRecord } from '../json.ts'

/** The value with every address in it cut before its query and its fragment, where signatures are. */
export function withoutQueries(value: unknown): unknown {
  if (typeof value === 'string') return /^https?:\/\//i.test(value) ? value.replace(/[?#].*$/s, '') : value
  if (Array.isArray(value)) return value.map(withoutQueries)
  if (!isRecord(value)) return value ?? null
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, withoutQueries(held)]))
}

import { isRecord, readText } from '../json.ts'

/** An error in the words of the server: a text, or what an object says in words. `null` for anything else. */
export function errorText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  if (!isRecord(value)) return null
  return readText(value, 'message') ?? readText(value, 'detail') ?? readText(value, 'code')
}

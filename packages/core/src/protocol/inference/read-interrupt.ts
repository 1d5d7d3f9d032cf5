import type { Interrupt } from '../agent-event.ts'
import { readText, readValue, type JsonRecord } from '../json.ts'
import { readJsonRecord } from './json-text.ts'
import { readTimeMs } from './read-time.ts'
import { readWord } from './read-word.ts'

const reasons: readonly Interrupt['reason'][] = [
  'tool_approval',
  'client_tool',
  'widget',
  'auth',
  'confirmation',
  'hook_gate',
]

const statuses: readonly Interrupt['status'][] = ['pending', 'resolved', 'expired', 'cancelled']

/** Reads something that waits (P§7.4); `null` without an id, by which it is answered. */
export function readInterrupt(data: JsonRecord): Interrupt | null {
  const id = readText(data, 'id')
  if (id === null) return null
  return {
    id,
    reason: readWord(readValue(data, 'reason'), reasons) ?? 'unknown',
    status: readWord(readValue(data, 'status'), statuses) ?? 'unknown',
    resourceId: readText(data, 'resource_id'),
    expiresAt: readTimeMs(readValue(data, 'expires_at')),
    meta: readJsonRecord(data, 'meta'),
  }
}

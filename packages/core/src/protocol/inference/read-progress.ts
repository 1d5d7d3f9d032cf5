import { isRecord, readNumber, readText, readValue, type JsonRecord } from '../json.ts'
import type { ReportedProgress } from '../task-event.ts'

/**
 * Reads progress in any form in which an app may report it, and `null` where it says nothing that can be read.
 *
 * - `{current, total}` in units (streaming reference, P§0a.1); a total of 0 or less is no total;
 * - a share from 0 to 1, or a percentage above 1 and up to 100, as a number, or as `value` or `progress` of an object;
 * - `fraction` (0 to 1), `percent` or `percentage` (0 to 100) of an object, as a number;
 * - a percentage in a string (`"45%"`), wherever a number may stand;
 * - `stage`, `message` or `label` of an object, beside or without the rest.
 *
 * Shares outside 0 to 1 are moved to the nearer end. Nothing is invented: units without a total have no share.
 */
export function readProgress(value: unknown): ReportedProgress | null {
  if (!isRecord(value)) {
    const share = readShare(value)
    return share === null ? null : { value: share, current: null, total: null, stage: null }
  }
  const current = atLeast(0, readNumber(value, 'current'))
  const total = readTotal(value)
  const stage = readText(value, 'stage') ?? readText(value, 'message') ?? readText(value, 'label')
  const share = current !== null && total !== null ? clamp(current / total) : readNamedShare(value)
  if (share === null && current === null && total === null && stage === null) return null
  return { value: share, current, total, stage }
}

function readTotal(record: JsonRecord): number | null {
  const total = readNumber(record, 'total')
  return total !== null && total > 0 ? total : null
}

function readNamedShare(record: JsonRecord): number | null {
  const fraction = readNumber(record, 'fraction')
  if (fraction !== null) return clamp(fraction)
  for (const key of ['percent', 'percentage']) {
    const percent = readValue(record, key)
    if (typeof percent === 'number' && Number.isFinite(percent)) return clamp(percent / 100)
    if (typeof percent === 'string') return readPercentText(percent)
  }
  return readShare(readValue(record, 'value')) ?? readShare(readValue(record, 'progress'))
}

/** A number or text that does not say what it counts: up to 1 it is a share, up to 100 a percentage. */
function readShare(value: unknown): number | null {
  if (typeof value === 'string') return readPercentText(value)
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) return null
  return clamp(value <= 1 ? value : value / 100)
}

function readPercentText(text: string): number | null {
  const digits = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)?.[1]
  return digits === undefined ? null : clamp(Number(digits) / 100)
}

function atLeast(least: number, value: number | null): number | null {
  return value !== null && value >= least ? value : null
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}

import { StreamError } from '../errors.ts'
import type { RunConfig } from '../protocol/protocol.ts'

/** Identity of a run: the same config in any key order and any object is the same run. */
export interface RunKey {
  /** Tells nothing of the config. */
  readonly key: string
  /** Whether the same config has the same key after a reload; a `Blob` without a name has not. */
  readonly stable: boolean
}

/**
 * The key of a config. `distinguish` tells two runs of one config apart.
 *
 * @throws {StreamError} `misuse` when the config holds what cannot be sent: a function, a symbol, a cycle, a `bigint`
 */
export function runKey(config: RunConfig, distinguish = ''): RunKey {
  return identify('run', config, distinguish)
}

/** The key of anything that can be sent, see {@link runKey}. `kind`: what it is, which tells it from others. */
export function identify(kind: string, value: unknown, distinguish: string): RunKey {
  const found = { stable: true }
  const text = canonical(value, [], found)
  return {
    key: `${kind}:${hash(text)}${distinguish === '' ? '' : `:${hash(distinguish)}`}`,
    stable: found.stable,
  }
}

function canonical(value: unknown, path: readonly object[], found: { stable: boolean }): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw misuse(`a ${typeof value}, which JSON cannot carry`)
  }
  if (typeof value !== 'object') return JSON.stringify(value)
  if (path.includes(value)) throw misuse('an object that contains itself')
  if (value instanceof Blob) return blobKey(value, found)
  if (hasToJson(value)) {
    return canonical(value.toJSON(), [...path, value], found)
  }
  const inside = [...path, value]
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, inside, found)).join(',')}]`
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, inside, found)}`).join(',')}}`
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

const blobNumbers = new WeakMap<Blob, number>()
let blobCount = 0

function blobKey(blob: Blob, found: { stable: boolean }): string {
  if (typeof File !== 'undefined' && blob instanceof File) {
    return `file(${JSON.stringify([blob.name, blob.size, blob.type, blob.lastModified])})`
  }
  found.stable = false
  const number = blobNumbers.get(blob) ?? ++blobCount
  blobNumbers.set(blob, number)
  return `blob(${number})`
}

function misuse(what: string): StreamError {
  return new StreamError(
    'misuse',
    `The config of a run holds ${what}. A run is sent as JSON: pass strings, numbers, booleans, lists, objects, Blobs and Files.`,
  )
}

/** 104 bits in base 36: enough that two configs of one page never meet. Not for secrets. */
function hash(text: string): string {
  return `${hash52(text, 0).toString(36)}${hash52(text, 0x9e3779b9).toString(36)}`
}

/** Two multiplicative 32-bit lanes over UTF-16 units, joined to 52 bits. */
function hash52(text: string, seed: number): number {
  let low = 0x811c9dc5 ^ seed
  let high = 0x41c6ce57 ^ seed
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    low = Math.imul(low ^ unit, 0x01000193)
    high = Math.imul(high ^ unit, 0x5f356495)
  }
  low = Math.imul(low ^ (high >>> 15), 0x85ebca6b)
  high = Math.imul(high ^ (low >>> 13), 0xc2b2ae35)
  return (high >>> 0) * 0x100000 + ((low >>> 0) & 0xfffff)
}

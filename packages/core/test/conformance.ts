import { existsSync, readFileSync } from 'node:fs'
import { concatBytes, cutAt, cutEvery, utf8 } from './bytes.ts'

/** A chunk as the files of cases write it: UTF-8 text, raw bytes, a repetition, or a concatenation of these. */
export type ChunkNotation =
  | string
  | { readonly hex: string }
  | { readonly repeat: string; readonly count: number }
  | readonly ChunkNotation[]

/** What every file of cases has. */
export interface ConformanceCase {
  readonly name: string
  readonly source: string
  /** `spec` is counted; anything else is recorded only. */
  readonly level: string
  readonly chunks: readonly ChunkNotation[]
  /** Too long for exhaustive splits. */
  readonly heavy?: boolean
}

/** The bytes that a chunk stands for. */
export function chunkBytes(chunk: ChunkNotation): Uint8Array {
  if (typeof chunk === 'string') return utf8(chunk)
  if ('hex' in chunk)
    return Uint8Array.from(chunk.hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  if ('repeat' in chunk) return utf8(chunk.repeat.repeat(chunk.count))
  return concatBytes(chunk.map(chunkBytes))
}

/** The cases of a file in the shared folder beside the repository, or none where there is no such folder. */
export function readCases(file: string): readonly unknown[] {
  const url = new URL(`../../../../shared/fixtures/${file}`, import.meta.url)
  if (!existsSync(url)) return []
  const { cases } = JSON.parse(readFileSync(url, 'utf8')) as { readonly cases: readonly unknown[] }
  return cases
}

const LONGEST_FOR_EVERY_SPLIT_BYTES = 400

/** Each way a case must be read alike, as a name and the chunks: as given, whole, and in many cuts. */
export function* waysToCut({ chunks, heavy = false }: ConformanceCase): Generator<[string, Uint8Array[]]> {
  const given = chunks.map(chunkBytes)
  const whole = concatBytes(given)
  yield ['as given', given]
  yield ['one chunk', [whole]]
  yield ['64 KiB chunks', cutEvery(whole, 65_536)]
  if (heavy) return
  yield ['1-byte chunks', cutEvery(whole, 1)]
  yield ['3-byte chunks', cutEvery(whole, 3)]
  if (whole.length > LONGEST_FOR_EVERY_SPLIT_BYTES) return
  for (let at = 0; at <= whole.length; at++) yield [`cut at ${at}`, cutAt(whole, [at])]
}

import { readName } from './file-name.ts'
import type { OutputPiece } from './output-piece.ts'
import { noFacts, readFile, readFileFacts } from './read-file.ts'
import { safeUrl } from './safe-url.ts'

/** Pieces that are searched for; two more may hold what is left as JSON. */
const maxFound = 198
const maxDepth = 6
/** Values that are looked at in search of files: an output of a million numbers is not walked to its end. */
const maxVisits = 20_000

const urlFields = ['uri', 'url']
const textFields = new Set(['text', 'response', 'reasoning'])
/** What a file resource holds beside its address (protocol §8): it says nothing more to a reader who sees the file. */
const fileFields = new Set(
  (
    'content_type contentType mime_type mimeType media_type type filename file_name fileName name size size_bytes sizeBytes ' +
    'file_size width height id short_id path remote_path upload_url category rating metadata visibility created_at ' +
    'updated_at deleted_at user_id team_id'
  ).split(' '),
)

/** In place of a value of which nothing is left to show. */
const nothing = Symbol('nothing')

interface Search {
  readonly pieces: OutputPiece[]
  visits: number
}

/** Where a value stands; `isTop` for the output itself and for what stands for it: items of a list, texts of an object. */
interface Place {
  readonly key: string
  readonly field: string
  readonly depth: number
  readonly isTop: boolean
}

/**
 * What an output is, piece by piece in its own order: files and media, texts, and the rest as JSON.
 *
 * A text that is an address is the file at it; an object with a `uri` or `url` is that file, with the type, name and size
 * that it says; `text`, `response` and `reasoning` are texts. What an object says beside such pieces comes after them.
 * Nothing that says something is left out: what lies deeper than 6 levels, beyond 198 pieces or behind the first 20,000
 * values stays in the JSON. An address that the URL policy refuses becomes a text that is `blocked`.
 *
 * @returns at most 200 pieces; none for `null`, `undefined`, `''`, `[]` and `{}`
 */
export function describeOutput(output: unknown): readonly OutputPiece[] {
  const search: Search = { pieces: [], visits: 0 }
  const top: Place = { key: '', field: '', depth: 0, isTop: true }
  addJson(search, Array.isArray(output) ? takeTopList(search, output, top) : take(search, output, top), top)
  return search.pieces
}

/** Takes the pieces out of a value and gives what is left of it: the same value where there were none. */
function take(search: Search, value: unknown, place: Place): unknown {
  if (value === null || value === undefined) return place.isTop ? nothing : value
  if (isOver(search) || place.depth > maxDepth) return value
  search.visits++
  if (typeof value === 'string') return takeText(search, value, place)
  if (Array.isArray(value)) return takeList(search, value, place)
  return isFields(value) ? takeFields(search, value, place) : value
}

function takeText(search: Search, text: string, { key, field, isTop }: Place): unknown {
  const address = text.trim()
  if (address === '') return isTop ? nothing : text
  const isAddress =
    !/\s/.test(address) && (safeUrl(address, 'media') !== null || (isTop && isRefused(address)))
  if (isAddress) search.pieces.push(readFile(address, noFacts, key, field))
  else if (isTop) search.pieces.push({ kind: 'text', key, name: field, text, blocked: false })
  else return text
  return nothing
}

/** Whether a word is an address with a scheme, although not one that may be used; `std::vector` and `note:this` are none. */
function isRefused(word: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:javascript|vbscript|data|blob|file):)/i.test(word)
}

/** An output that is a list keeps its order: what is no piece stands as JSON between the others. */
function takeTopList(search: Search, list: readonly unknown[], top: Place): unknown {
  for (const [index, item] of list.entries()) {
    if (isOver(search)) {
      addJson(search, list.slice(index), top)
      break
    }
    const place = itemPlace(top, index)
    addJson(search, take(search, item, place), place)
  }
  // Why: a list of numbers or of records is one thing, not as many as it has items.
  if (search.pieces.some(({ kind }) => kind !== 'json')) return nothing
  search.pieces.length = 0
  return list.length === 0 ? nothing : list
}

function takeList(search: Search, list: readonly unknown[], place: Place): unknown {
  const before = search.pieces.length
  const rest: unknown[] = []
  for (const [index, item] of list.entries()) {
    const left = isOver(search) ? item : take(search, item, itemPlace(place, index))
    if (left !== nothing) rest.push(left)
  }
  if (search.pieces.length === before) return list
  return rest.length === 0 ? nothing : rest
}

function takeFields(search: Search, fields: Fields, place: Place): unknown {
  const before = search.pieces.length
  const entries = Object.entries(fields)
  const address = urlFields.map((name) => own(fields, name)).find((value) => isWord(value))
  if (address !== undefined) {
    search.pieces.push(readFile(address.trim(), readFileFacts(fields), place.key, place.field))
  }
  const rest: [string, unknown][] = []
  for (const [index, [name, value]] of entries.entries()) {
    if (address !== undefined && (fileFields.has(name) || value === address)) continue
    const left = take(search, value, fieldPlace(place, name, index))
    if (left !== nothing) rest.push([name, left])
  }
  // Beside something else, null says nothing.
  const said = rest.filter(([, left]) => left !== null)
  if (search.pieces.length === before) {
    const isSilent = said.length === 0 && (rest.length < entries.length || entries.length === 0)
    return isSilent ? nothing : fields
  }
  return said.length === 0 ? nothing : Object.fromEntries(said)
}

function addJson(search: Search, value: unknown, { key, field }: Place): void {
  if (value !== nothing) search.pieces.push({ kind: 'json', key: `${key}{…}`, name: field, value })
}

/** Whether enough was found or looked at. */
function isOver(search: Search): boolean {
  return search.pieces.length >= maxFound || search.visits >= maxVisits
}

function itemPlace({ key, field, depth, isTop }: Place, index: number): Place {
  return { key: `${key}[${index}]`, field: `${field} ${index + 1}`.trim(), depth: depth + 1, isTop }
}

function fieldPlace({ key, depth, isTop }: Place, name: string, index: number): Place {
  const isPlain = name.length <= 100 && /^[A-Za-z_$][\w$]*$/.test(name)
  const step = isPlain
    ? `${key === '' ? '' : '.'}${name}`
    : `[${name.length <= 100 ? JSON.stringify(name) : index}]`
  return {
    key: key + step,
    field: readName(name) ?? '',
    depth: depth + 1,
    isTop: isTop && textFields.has(name),
  }
}

type Fields = Readonly<Record<string, unknown>>

/** Whether a value came from JSON with names in it; a `Blob` or a `Date` did not. */
function isFields(value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== ''
}

import { dataUrlType, fileKindOf, readMimeType } from './file-kind.ts'
import { fileNameOf, readName } from './file-name.ts'
import type { FilePiece, TextPiece } from './output-piece.ts'
import { safeUrl } from './safe-url.ts'

/** What is said of a file beside its URL. */
export interface FileFacts {
  readonly mimeType: string | null
  readonly filename: string | null
  readonly sizeBytes: number | null
  readonly width: number | null
  readonly height: number | null
}

/** Nothing. */
export const noFacts: FileFacts = {
  mimeType: null,
  filename: null,
  sizeBytes: null,
  width: null,
  height: null,
}

/** Longest side that a file is believed to have, in pixels. */
const maxPixels = 100_000

/** What an object says of the file that it stands for. */
export function readFileFacts(fields: Readonly<Record<string, unknown>>): FileFacts {
  const read = (names: readonly string[]): unknown =>
    names
      .map((name) => (Object.hasOwn(fields, name) ? fields[name] : undefined))
      .find((value) => value !== undefined && value !== null)
  return {
    mimeType: readMimeType(
      read(['content_type', 'contentType', 'mime_type', 'mimeType', 'media_type', 'type']),
    ),
    filename: readName(read(['filename', 'file_name', 'fileName', 'name'])),
    sizeBytes: readCount(read(['size', 'size_bytes', 'sizeBytes', 'file_size']), Number.MAX_SAFE_INTEGER),
    width: readCount(read(['width']), maxPixels),
    height: readCount(read(['height']), maxPixels),
  }
}

function readCount(value: unknown, max: number): number | null {
  return typeof value === 'number' && value > 0 && value <= max ? Math.round(value) : null
}

/** The file at an address, or the address as a text where it is refused. */
export function readFile(
  address: string,
  facts: FileFacts,
  key: string,
  field: string,
): FilePiece | TextPiece {
  const url = safeUrl(address, 'media')
  const urlName = url === null ? null : fileNameOf(url)
  const mimeType = url === null ? null : (dataUrlType(url) ?? facts.mimeType)
  const kind = fileKindOf(mimeType, [urlName, facts.filename])
  const name = facts.filename ?? urlName ?? field
  if (url === null) return { kind: 'text', key, name, text: address, blocked: true }
  const { sizeBytes, width, height } = facts
  return { kind, key, name, url, mimeType, sizeBytes, width, height }
}

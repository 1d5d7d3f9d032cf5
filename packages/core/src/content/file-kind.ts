/** What shows a file: an `img`, a `video`, an `audio`, or a link. */
export type FileKind = 'image' | 'video' | 'audio' | 'file'

const kindByExtension: ReadonlyMap<string, FileKind> = new Map([
  ...['apng', 'avif', 'bmp', 'gif', 'ico', 'jfif', 'jpeg', 'jpg', 'png', 'svg', 'webp'].map(
    (extension) => [extension, 'image'] as const,
  ),
  ...['m4v', 'mov', 'mp4', 'ogv', 'webm'].map((extension) => [extension, 'video'] as const),
  ...['aac', 'flac', 'm4a', 'mp3', 'oga', 'ogg', 'opus', 'wav', 'weba'].map(
    (extension) => [extension, 'audio'] as const,
  ),
])

/** Types that servers give when they do not know. */
const unsaid = /^(?:application|binary)\/(?:octet-stream|x-binary|unknown)$/

/** The kind of a file by its type where that says anything, else by the first of its names that has a known extension. */
export function fileKindOf(mimeType: string | null, names: readonly (string | null)[]): FileKind {
  if (mimeType !== null && !unsaid.test(mimeType)) {
    const [family] = mimeType.split('/')
    return family === 'image' || family === 'video' || family === 'audio' ? family : 'file'
  }
  for (const name of names) {
    const extension = name === null ? undefined : /\.([a-z0-9]{2,5})$/i.exec(name)?.[1]?.toLowerCase()
    const kind = extension === undefined ? undefined : kindByExtension.get(extension)
    if (kind !== undefined) return kind
  }
  return 'file'
}

/** The type at the start of a `data:` URL, in small letters; `null` for other URLs. */
export function dataUrlType(url: string): string | null {
  return /^data:([^;,]+)/i.exec(url)?.[1]?.toLowerCase() ?? null
}

/** A type without its parameters, in small letters; `null` when it is not one. */
export function readMimeType(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 256) return null
  return /^\s*([a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+)\s*(?:;|$)/i.exec(value)?.[1]?.toLowerCase() ?? null
}

import { asset, PICTURE_SIZE, type AssetName } from './assets.ts'

/** A file as apps put it into their outputs, with its place kept for the address. */
export interface FileValue {
  readonly uri: string
  readonly filename: string
  readonly content_type: string
  /** Pixels, where it is a picture. */
  readonly width?: number
  readonly height?: number
}

const contentTypes: Readonly<Record<AssetName, string>> = {
  'image.svg': 'image/svg+xml',
  'image.png': 'image/png',
  'preview-1.png': 'image/png',
  'preview-2.png': 'image/png',
  'preview-3.png': 'image/png',
  'audio.wav': 'audio/wav',
  'video.webm': 'video/webm',
  'text.txt': 'text/plain',
}

/** An asset as a file in an output. */
export function fileOf(name: AssetName): FileValue {
  const size = contentTypes[name] === 'image/png' ? PICTURE_SIZE : {}
  // [wire] P§3.3: "File outputs are bare URL strings or objects with `uri`".
  return { uri: asset(name), filename: name, content_type: contentTypes[name], ...size }
}

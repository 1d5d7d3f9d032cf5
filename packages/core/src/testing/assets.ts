import { fromBase64, toBase64 } from './base64.ts'
import { chord } from './chord.ts'
import { CLIP_WEBM_BASE64 } from './clip.ts'
import { createLandscape, createPreview } from './landscape.ts'
import { encodePng, type Pixel } from './png.ts'
import { encodeWav } from './wav.ts'

/** A file that the simulator makes itself, so that no example needs the internet. */
export type AssetName =
  | 'image.svg'
  | 'image.png'
  | 'preview-1.png'
  | 'preview-2.png'
  | 'preview-3.png'
  | 'audio.wav'
  | 'video.webm'
  | 'text.txt'

/** The content of an asset. */
export interface Asset {
  readonly contentType: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Pixels of every picture here. */
export const PICTURE_SIZE: { readonly width: number; readonly height: number } = { width: 768, height: 512 }

const { width, height } = PICTURE_SIZE

const makers: Readonly<Record<AssetName, () => Asset>> = {
  'image.svg': () => ({ contentType: 'image/svg+xml', bytes: utf8(SVG) }),
  'image.png': () => png(createLandscape(width, height)),
  'preview-1.png': () => png(createPreview(width, height, 64, 60)),
  'preview-2.png': () => png(createPreview(width, height, 24, 28)),
  'preview-3.png': () => png(createPreview(width, height, 8, 10)),
  'audio.wav': () => ({ contentType: 'audio/wav', bytes: encodeWav(chord) }),
  'video.webm': () => ({ contentType: 'video/webm', bytes: fromBase64(CLIP_WEBM_BASE64) }),
  'text.txt': () => ({
    contentType: 'text/plain; charset=utf-8',
    bytes: utf8('A fox went over the snow.\nNobody saw it but the moon – 🌙.\n'),
  }),
}

const made = new Map<AssetName, Asset>()
const dataUrls = new Map<AssetName, string>()

/** The asset of that name, or `null` where there is none. Made once, when it is first asked for. */
export function readAsset(name: string): Asset | null {
  return isAssetName(name) ? recall(made, name, makers[name]) : null
}

const PLACEHOLDER = 'simulator-asset:'

/**
 * The place of an asset in the output of a script. The simulator puts its own address, or the content as a `data:` URL,
 * where it stands.
 */
export function asset(name: AssetName): string {
  return PLACEHOLDER + name
}

/** Puts real addresses in place of every {@link asset} inside a value; the same reference when there is none. */
export function resolveAssets(value: unknown, addressOf: (name: string) => string): unknown {
  if (typeof value === 'string') {
    return value.startsWith(PLACEHOLDER) ? addressOf(value.slice(PLACEHOLDER.length)) : value
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const items = value.map((item) => resolveAssets(item, addressOf))
    return items.some((item, index) => item !== value[index]) ? items : value
  }
  const entries = Object.entries(value).map(
    ([key, held]) => [key, held, resolveAssets(held, addressOf)] as const,
  )
  if (entries.every(([, held, resolved]) => held === resolved)) return value
  return Object.fromEntries(entries.map(([key, , resolved]) => [key, resolved]))
}

/** `value` with the real address of each {@link asset} in it, at a server of this origin. */
export function placeAssets(value: unknown, origin: string, assetsAs: 'url' | 'data'): unknown {
  return resolveAssets(value, (name) =>
    assetsAs === 'data' ? (assetDataUrl(name) ?? name) : `${origin}/assets/${encodeURIComponent(name)}`,
  )
}

/** The content of an asset as a `data:` URL; `null` where there is no such asset. Made once, as the asset is. */
export function assetDataUrl(name: string): string | null {
  if (!isAssetName(name)) return null
  return recall(dataUrls, name, () => {
    const { contentType, bytes } = recall(made, name, makers[name])
    return `data:${contentType.replace(' ', '')};base64,${toBase64(bytes)}`
  })
}

function recall<T>(memory: Map<AssetName, T>, name: AssetName, make: () => T): T {
  const known = memory.get(name)
  if (known !== undefined) return known
  const fresh = make()
  memory.set(name, fresh)
  return fresh
}

function isAssetName(name: string): name is AssetName {
  return Object.hasOwn(makers, name)
}

function png(pixel: Pixel): Asset {
  return { contentType: 'image/png', bytes: encodePng(width, height, pixel) }
}

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320" viewBox="0 0 480 320">' +
  '<rect width="480" height="320" fill="#27406b"/><circle cx="360" cy="80" r="36" fill="#ffd166"/>' +
  '<path d="M0 320V230l110-90 90 80 100-130 180 150v80z" fill="#3f6f5f"/>' +
  '<path d="M0 320v-50l150-40 160 50 170-30v70z" fill="#e9c46a"/></svg>'

function utf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text)
  return new Uint8Array(bytes)
}

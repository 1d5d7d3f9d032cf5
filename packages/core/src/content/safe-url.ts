/**
 * What a URL is for. A `link` is navigated to, so no image that can hold a script passes; `media` is the source of an
 * `img`, `video` or `audio`, where scripts in an SVG do not run.
 */
export type UrlUse = 'link' | 'media'

const maxDataUrlChars = 16 * 1024 * 1024
const maxUrlChars = 8 * 1024

// Parsers drop tabs and line ends anywhere and controls at the ends, so that `java\tscript:` is a scheme that no look at
// the text finds; a backslash is a slash to them. [spec] https://url.spec.whatwg.org/#concept-basic-url-parser
// oxlint-disable-next-line no-control-regex -- controls are what is looked for
const refusedChars = /[\u0000-\u001f\u007f-\u009f\\]/
const webShape = /^https?:\/\/[^/]/i
const blobShape = /^blob:(?:https?:\/\/[^/]|null\/)/i
const dataShape = /^data:((?:image|audio|video)\/[a-z0-9][a-z0-9!#$&^_.+-]*)[;,]/i

/**
 * The URL policy for whatever a model or a server wrote: `https:`, `http:`, `blob:`, and `data:` of images, audio and
 * video; nothing relative, because such text has no base, and nothing with a user name in it.
 *
 * @param use - default `'link'`, the stricter one
 * @returns the URL as the URL parser writes it, or `null` when it is refused; at most 16 Mi characters of `data:`, 8 Ki of
 *   anything else
 */
export function safeUrl(value: unknown, use: UrlUse = 'link'): string | null {
  if (typeof value !== 'string' || value.length > maxDataUrlChars) return null
  const data = dataShape.exec(value)
  if (data === null && value.length > maxUrlChars) return null
  if (refusedChars.test(value) || value.trimEnd() !== value) return null
  if (data !== null) return use === 'link' && holdsScript(data[1] ?? '') ? null : (parse(value)?.href ?? null)
  if (blobShape.test(value)) return parse(value)?.href ?? null
  if (!webShape.test(value)) return null
  const url = parse(value)
  return url === null || url.username !== '' || url.password !== '' ? null : url.href
}

/** Whether a document of this type runs scripts: every XML type does, SVG being the one that is an image. */
function holdsScript(mimeType: string): boolean {
  return /(?:\+|\/)xml$/i.test(mimeType) || /^image\/svg/i.test(mimeType)
}

function parse(value: string): URL | null {
  try {
    return new URL(value)
  } catch {
    return null
  }
}

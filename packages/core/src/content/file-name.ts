const maxNameChars = 200

// Controls have no place in a name, and marks that turn the direction of text make `gpj.exe` look like `exe.jpg`.
// oxlint-disable-next-line no-control-regex -- controls are what is looked for
const misleading = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A name to show: without controls and marks of direction, at most 200 characters; `null` when nothing is left. */
export function readName(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const name = value
    .slice(0, maxNameChars * 2)
    .replace(misleading, '')
    .trim()
  if (name === '') return null
  return name.length > maxNameChars ? `${name.slice(0, maxNameChars - 1).trimEnd()}…` : name
}

/** The name that a file has in its URL, without the query; `null` for `data:`, `blob:` and where the path names none. */
export function fileNameOf(url: string): string | null {
  if (!/^https?:/i.test(url)) return null
  const path = /^[^?#]*/.exec(url)?.[0].replace(/^https?:\/\/[^/]*/i, '') ?? ''
  return readName(decode(path.slice(path.lastIndexOf('/') + 1)))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** How much of a text can be read while more may come: a `\r` may be half of a line end, a high surrogate half of a letter. */
export function readableLength(text: string, isComplete: boolean): number {
  return isComplete || !/[\r\ud800-\udbff]$/.test(text.slice(-1)) ? text.length : text.length - 1
}

/** Every line end as `\n`, and no NUL. [spec] https://spec.commonmark.org/0.31.2/#insecure-characters */
export function normalText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replaceAll('\0', '\uFFFD')
}

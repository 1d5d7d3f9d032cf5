import { safeUrl } from '@taskstream/core'

const maxMailChars = 320
// Nothing after the address: a subject or a body would be put into the reader's mouth.
const mailShape = /^mailto:[\w.!#$&'*+/=^`{|}~-]+@[a-z0-9.-]+$/i

/** Where a link of a message leads: to a web page or a mail address, as the URL parser writes it; else `null`. */
export function linkTarget(href: string): string | null {
  if (href.length <= maxMailChars && mailShape.test(href)) return href
  return /^https?:/i.test(href) ? safeUrl(href, 'link') : null
}

/** Host of a web address as it is shown, with its port; empty for any other address. */
export function hostOf(url: string): string {
  return /^https?:/i.test(url) && safeUrl(url) !== null ? new URL(url).host : ''
}

import { StreamError } from '../errors.ts'

/** Where the API is when nobody says otherwise (P§1.1). */
export const DEFAULT_BASE_URL = 'https://api.inference.sh'

/** Whether `text` means nothing without a page that it is relative to. */
export function isRelativeUrl(text: string): boolean {
  return parseUrl(text) === null
}

/** The address below which all paths of a client lie, as an application gives it. */
export interface AddressConfig {
  readonly baseUrl: string
  /** Stands in place of `baseUrl`; absolute, or relative to the page. */
  readonly proxyUrl: string | undefined
  /** Whether a key or a token goes with the requests. */
  readonly isSecret: boolean
}

/**
 * The address that requests go to, without a slash at its end.
 *
 * A relative `proxyUrl` is resolved against the page. Secrets travel over `https:` only; loopback is exempt, and so is a
 * relative `proxyUrl`, because it is as safe as the page itself.
 *
 * @throws {StreamError} `misuse` for an address that is not usable, with the reason
 */
export function resolveAddress({ baseUrl, proxyUrl, isSecret }: AddressConfig): URL {
  const option = proxyUrl === undefined ? 'baseUrl' : 'proxyUrl'
  const given = proxyUrl ?? baseUrl
  const isRelative = proxyUrl !== undefined && isRelativeUrl(proxyUrl)
  const url = isRelative ? resolveOnPage(given) : parse(given, option)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw misuse(option, url, 'is not a web address', 'Give one that begins with https://.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new StreamError(
      'misuse',
      `${option} holds a user name or a password, which no request may carry in its address. Use \`headers\`.`,
    )
  }
  if (url.search !== '' || url.hash !== '') {
    throw misuse(option, url, 'has a query or a fragment, where paths cannot be appended', 'Leave it out.')
  }
  if (isSecret && !isRelative && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw misuse(
      option,
      url,
      'is not encrypted, and the key or token would travel in clear text',
      'Use https://; http:// is for localhost only.',
    )
  }
  return url
}

/** The origin that requests to `address` go to, which may be relative to the page; `null` where there is none. */
export function originOf(address: string): string | null {
  const url =
    isRelativeUrl(address) && 'location' in globalThis
      ? parseUrl(address, globalThis.location.href)
      : parseUrl(address)
  return url?.origin ?? null
}

/**
 * The URL of `path` below `address`.
 *
 * @param path - begins with one slash, every variable part percent-encoded; a query may follow
 * @throws {StreamError} `misuse` for a path that is not in its final form: with an empty or a dot segment, a backslash or
 *   a character that is not encoded, any of which could lead to another resource or another host
 */
export function joinPath(address: URL, path: string): string {
  const base = `${address.origin}${address.pathname.replace(/\/+$/, '')}`
  const [segments = ''] = path.split('?', 1)
  const joined = `${base}${path}`
  const isPlain = path.startsWith('/') && !segments.includes('//')
  // Why compare: whatever the URL parser rewrites, from `..` to `%2e%2e` to a tab between dots, is not what was meant.
  const final = isPlain ? parseUrl(joined) : null
  if (final === null || final.hash !== '' || `${final.origin}${final.pathname}` !== `${base}${segments}`) {
    throw new StreamError(
      'misuse',
      `The path ${JSON.stringify(path)} is not a plain path below ${base}, so the request was not sent. Begin it with one slash and put every id through encodeURIComponent; an empty id leaves an empty segment.`,
    )
  }
  return final.href
}

function parse(given: string, option: string): URL {
  const url = parseUrl(given)
  if (url !== null) return url
  throw new StreamError(
    'misuse',
    `${option} is ${JSON.stringify(given)}, which is no absolute address. Give one that begins with https://.`,
  )
}

function resolveOnPage(given: string): URL {
  const url = 'location' in globalThis ? parseUrl(given, globalThis.location.href) : null
  if (url !== null) return url
  throw new StreamError(
    'misuse',
    `proxyUrl is ${JSON.stringify(given)}, which is relative to a page, but there is no page here that has an address. Outside of browsers give an absolute address such as https://example.com/api/inference.`,
  )
}

function parseUrl(text: string, base?: string): URL | null {
  try {
    return new URL(text, base)
  } catch {
    return null
  }
}

function misuse(option: string, url: URL, problem: string, fix: string): StreamError {
  return new StreamError('misuse', `${option} is ${url.href}, which ${problem}. ${fix}`)
}

/**
 * Whether a host is this machine itself.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6761#section-6.3
 */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])\.?$/.test(hostname)
}

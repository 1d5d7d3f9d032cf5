/**
 * Warns, in a page, that the API key is readable by everybody who opens it. Pages on loopback are warned too, because
 * that is where the code is written that later runs elsewhere.
 *
 * @param isAllowed - the application knows and has said so (`dangerouslyAllowBrowser`)
 */
export function warnAboutBrowserKey(isAllowed: boolean): void {
  if (isAllowed || !('document' in globalThis)) return
  // oxlint-disable-next-line no-console -- the one place where the programmer has to be told before the harm is done
  console.warn(
    '[taskstream] This page holds an API key, and everybody who opens the page can read it and spend your credit with it. ' +
      'Keep the key on your server and give the client `proxyUrl`, the address of a route of yours that adds the key. ' +
      'If the key is meant to be in the page, say so with `dangerouslyAllowBrowser: true`.',
  )
}

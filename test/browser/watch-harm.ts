declare global {
  interface Window {
    /** What a hostile text has done to the page so far, one sentence each. */
    harm: string[]
    /** Looks at everything that is in the page now. */
    lookForHarm: () => void
  }
}

/**
 * Records `window.harm`: whatever runs, and every element, attribute and address in a chat that no text of others may make,
 * at each change of the document. Runs in the page, before anything of it, so it holds all that it needs.
 */
export function watchHarm(): void {
  const found = new Set<string>()
  const tell = (what: string): void => {
    if (found.size < 200 && !found.has(what)) window.harm.push(what)
    found.add(what)
  }
  window.harm = []
  for (const door of ['alert', 'confirm', 'prompt', 'open', 'print'] as const) {
    Object.defineProperty(window, door, { value: () => tell(`${door}() was called.`) })
  }
  window.addEventListener('securitypolicyviolation', () => tell('A policy was violated.'))

  const never = [
    'script, iframe, object, embed, base, meta, link, style, form, frame, frameset, applet, template, math, foreignObject',
    'animate, set, marquee, dialog, textarea, title, noscript, xmp, plaintext, portal, area, map, source, track',
    'input:not([type=checkbox][disabled])',
  ].join(', ')
  // The composer, and the fields by which a person answers a question, are the component's own.
  const own =
    '[data-slot=agent-chat-composer], [data-slot=agent-chat-elicitation], [data-slot=agent-chat-approval] input'
  const addresses =
    /^(?:href|src|xlink:href|poster|srcset|data|cite|action|formaction|ping|background|manifest)$/i

  const lookAt = (one: Element): void => {
    if (one.closest('[data-slot=agent-chat]') === null) return
    const isOwn = one.closest(own) !== null
    if (!isOwn && one.matches(never)) tell(`There is a ${one.tagName}.`)
    for (const { name, value } of one.attributes) {
      const tag = one.tagName.toLowerCase()
      if (/^on|^(?:srcdoc|formaction|action|ping|background|is|slot|part)$/i.test(name))
        tell(`${tag} has ${name}.`)
      if (!isOwn && name === 'name') tell(`${tag} has the name ${value}.`)
      // Ids begin as those that React makes, so that none shadows a name of the document.
      if (name === 'id' && !/^[_«:]\w*r\w*[_»:]/.test(value)) tell(`${tag} has the id ${value.slice(0, 80)}.`)
      if (name === 'style' && /url\s*\(|image\s*\(|position:\s*(?:fixed|absolute)|expression/i.test(value))
        tell(`${tag} has the style ${value}.`)
      if (addresses.test(name)) {
        // The C0 controls and spaces are what a URL parser drops.
        // oxlint-disable-next-line no-control-regex -- controls are what is looked for
        const url = value.replace(/[\t\r\n]|^[\u0000-\u0020]+/g, '')
        const isMedia = /^(?:IMG|VIDEO|AUDIO)$/.test(one.tagName)
        const isAllowed = isMedia
          ? /^(?:https?:\/\/|blob:|data:(?:image|audio|video)\/)/i.test(url)
          : /^(?:https?:\/\/|mailto:|blob:|data:(?:image|audio|video)\/(?!svg))/i.test(url)
        if (!isAllowed) tell(`${tag} has ${name}="${value.slice(0, 80)}".`)
      }
    }
    const isLink = one.tagName === 'A' && one.hasAttribute('href')
    const rel = one.getAttribute('rel')?.split(' ') ?? []
    if (isLink && !['noopener', 'noreferrer'].every((word) => rel.includes(word)))
      tell(`A link has rel="${rel.join(' ')}".`)
  }
  const lookBelow = (node: Node): void => {
    if (!(node instanceof Element)) return
    lookAt(node)
    for (const one of node.querySelectorAll('*')) lookAt(one)
  }
  window.lookForHarm = () => {
    lookBelow(document.documentElement)
    const polluted = Object.keys(Object.prototype)
    if (polluted.length > 0) tell(`Every object has ${polluted.join(', ')}.`)
  }
  new MutationObserver((changes) => {
    for (const { target, addedNodes, type } of changes) {
      if (type === 'attributes') lookAt(target as Element)
      for (const node of addedNodes) lookBelow(node)
    }
  }).observe(document, { subtree: true, childList: true, attributes: true })
}

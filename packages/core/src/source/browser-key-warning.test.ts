import { afterEach, describe, expect, it, vi } from 'vitest'
import { expectNoise } from '../../../../test/setup/fail-on-noise.ts'
import { warnAboutBrowserKey } from './browser-key-warning.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('warnAboutBrowserKey', () => {
  it('warns in a page and says how to put it right', () => {
    expectNoise('warn', /API key.*proxyUrl.*dangerouslyAllowBrowser/)
    vi.stubGlobal('document', {})
    warnAboutBrowserKey(false)
  })

  it.each([
    ['in a page that is meant to hold the key', true, true],
    ['outside of pages', false, false],
    ['outside of pages, allowed', false, true],
  ])('says nothing %s', (_, isPage, isAllowed) => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    if (isPage) vi.stubGlobal('document', {})
    warnAboutBrowserKey(isAllowed)
    expect(warn).not.toHaveBeenCalled()
  })
})

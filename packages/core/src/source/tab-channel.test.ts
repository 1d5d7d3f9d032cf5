import { afterEach, describe, expect, it, vi } from 'vitest'
import { browserTabs } from './tab-channel.ts'

afterEach(() => vi.unstubAllGlobals())

describe('browserTabs', () => {
  const locks = { request: () => Promise.resolve() }
  const whole = { isSecureContext: true, navigator: { locks }, BroadcastChannel }

  it.each([
    ['where there is no browser', { isSecureContext: undefined }],
    ['outside a secure context', { isSecureContext: false }],
    ['without locks', { navigator: {} }],
  ])('is null %s', (_, lacking) => {
    for (const [name, value] of Object.entries({ ...whole, ...lacking })) vi.stubGlobal(name, value)
    expect(browserTabs()).toBeNull()
  })

  it('is made of the locks and the channels of the browser', () => {
    for (const [name, value] of Object.entries(whole)) vi.stubGlobal(name, value)
    const tabs = browserTabs()
    expect(tabs?.locks).toBe(locks)
    const port = tabs?.openChannel('test')
    expect(port).toBeInstanceOf(BroadcastChannel)
    port?.close()
  })
})

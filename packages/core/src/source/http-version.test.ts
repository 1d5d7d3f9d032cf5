import { describe, expect, it } from 'vitest'
import { watchHttpVersion, type ResourceObserver } from './http-version.ts'

/** A browser whose requests end when the test says so. */
function createBrowser() {
  let tell: ((entries: readonly { readonly name: string }[]) => void) | null = null
  const observed: unknown[] = []
  const Observer: ResourceObserver = class {
    #onEntries: (list: { getEntries(): readonly { readonly name: string }[] }) => void
    constructor(onEntries: (list: { getEntries(): readonly { readonly name: string }[] }) => void) {
      this.#onEntries = onEntries
    }
    observe(options: object): void {
      observed.push(options)
      tell = (entries) => this.#onEntries({ getEntries: () => entries })
    }
    disconnect(): void {
      tell = null
    }
  }
  return {
    Observer,
    observed,
    isObserved: () => tell !== null,
    ended(name: string, nextHopProtocol?: string): void {
      const entry = nextHopProtocol === undefined ? { name } : { name, nextHopProtocol }
      tell?.([{ name: 'https://elsewhere.test/a' }, entry])
    },
  }
}

const watch = (origin: string | null = 'https://api.test') => {
  const browser = createBrowser()
  let toldCount = 0
  const stop = watchHttpVersion(
    () => origin,
    () => toldCount++,
    browser.Observer,
  )
  return { browser, stop, told: () => toldCount }
}

describe('watchHttpVersion', () => {
  it('asks for requests that ended before, too', () => {
    expect(watch().browser.observed).toEqual([{ type: 'resource', buffered: true }])
  })

  it.each(['h2', 'h2c', 'h3', 'h3-29', 'hq', 'hq-29'])(
    'tells once of %s, then watches no longer',
    (version) => {
      const { browser, told } = watch()
      browser.ended('https://api.test/tasks/1', version)
      expect([told(), browser.isObserved()]).toEqual([1, false])
      browser.ended('https://api.test/tasks/1', version)
      expect(told()).toBe(1)
    },
  )

  it.each([
    ['HTTP/1.1', 'https://api.test/a', 'http/1.1'],
    ['HTTP/1.0', 'https://api.test/a', 'http/1.0'],
    ['an answer that does not tell', 'https://api.test/a', ''],
    ['a browser that does not tell', 'https://api.test/a', undefined],
    ['an unknown version', 'https://api.test/a', 'h20'],
    ['another origin', 'https://api.test.evil/a', 'h2'],
    ['another port', 'https://api.test:8443/a', 'h2'],
    ['what is no address', 'first-paint', 'h2'],
  ])('keeps silent about %s, and watches on', (_, name, version) => {
    const { browser, told } = watch()
    browser.ended(name, version)
    expect([told(), browser.isObserved()]).toEqual([0, true])
  })

  it('keeps silent while the origin is not known', () => {
    const { browser, told } = watch(null)
    browser.ended('https://api.test/a', 'h2')
    expect([told(), browser.isObserved()]).toEqual([0, true])
  })

  it('stops when it is told to, any number of times', () => {
    const { browser, stop, told } = watch()
    stop()
    stop()
    browser.ended('https://api.test/a', 'h2')
    expect([told(), browser.isObserved()]).toEqual([0, false])
  })

  it('does nothing where there is no page, as in Node, which has an observer of its own', () => {
    expect([typeof PerformanceObserver, 'document' in globalThis]).toEqual(['function', false])
    const stop = watchHttpVersion(
      () => 'https://api.test',
      () => expect.unreachable(),
    )
    stop()
  })
})

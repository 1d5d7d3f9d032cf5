import { afterEach, describe, expect, it, vi } from 'vitest'
import { joinPath, resolveAddress } from './address.ts'

afterEach(() => vi.unstubAllGlobals())

const resolve = (baseUrl: string, proxyUrl?: string, isSecret = true): string =>
  resolveAddress({ baseUrl, proxyUrl, isSecret }).href

describe('resolveAddress', () => {
  it.each([
    'https://api.example.com/',
    'https://api.example.com/v1/',
    'http://localhost:3000/',
    'http://api.localhost/',
    'http://127.0.0.1:8787/',
    'http://127.8.9.10/',
    'http://[::1]:8787/',
  ])('takes %s with a key', (baseUrl) => {
    expect(resolve(baseUrl)).toBe(baseUrl)
  })

  it.each([
    ['http://api.example.com/', 'clear text'],
    ['http://localhost.example.com/', 'clear text'],
    ['http://127.0.0.1.example.com/', 'clear text'],
    ['http://192.168.1.5/', 'clear text'],
    ['ftp://api.example.com/', 'not a web address'],
    ['javascript:alert(1)', 'not a web address'],
    ['/api', 'no absolute address'],
    ['', 'no absolute address'],
    ['https://api.example.com/?a=1', 'query'],
    ['https://api.example.com/#a', 'fragment'],
  ])('refuses %s: %s', (baseUrl, reason) => {
    expect(() => resolve(baseUrl)).toThrow(expect.objectContaining({ code: 'misuse' }))
    expect(() => resolve(baseUrl)).toThrow(reason)
  })

  it('refuses an address with a password and does not repeat it', () => {
    expect(() => resolve('https://me:s3cret@api.example.com')).toThrow(/user name or a password/)
    expect(() => resolve('https://me:s3cret@api.example.com')).not.toThrow(/s3cret/)
  })

  it('takes an address in clear text when nothing secret travels', () => {
    expect(resolve('http://api.example.com/', undefined, false)).toBe('http://api.example.com/')
  })

  it('puts the proxy in place of the base address', () => {
    expect(resolve('https://api.example.com', 'https://app.example.com/api')).toBe(
      'https://app.example.com/api',
    )
    expect(() => resolve('https://api.example.com', 'http://app.example.com/api')).toThrow(
      /proxyUrl.*clear text/,
    )
  })

  it('resolves a relative proxy against the page, and says so where there is none', () => {
    expect(() => resolve('https://api.example.com', '/api')).toThrow(
      /\[misuse\] proxyUrl is "\/api".*no page/,
    )
    vi.stubGlobal('location', new URL('http://192.168.1.5:5173/tasks/1'))
    expect(resolve('https://api.example.com', '/api')).toBe('http://192.168.1.5:5173/api')
    vi.stubGlobal('location', new URL('about:blank'))
    expect(() => resolve('https://api.example.com', '/api')).toThrow(/no page/)
  })
})

describe('joinPath', () => {
  it.each([
    ['https://a.example', '/tasks/1', 'https://a.example/tasks/1'],
    ['https://a.example/', '/tasks/1', 'https://a.example/tasks/1'],
    ['https://a.example/v1/', '/tasks/1', 'https://a.example/v1/tasks/1'],
    [
      'https://a.example/v1',
      '/tasks?cursor=a%2Fb&url=https://x',
      'https://a.example/v1/tasks?cursor=a%2Fb&url=https://x',
    ],
    [
      'https://a.example',
      `/tasks/${encodeURIComponent('../é? #%')}`,
      'https://a.example/tasks/..%2F%C3%A9%3F%20%23%25',
    ],
  ])('joins %s and %s', (address, path, joined) => {
    expect(joinPath(new URL(address), path)).toBe(joined)
  })

  it.each([
    ['', 'nothing'],
    ['tasks', 'no slash'],
    ['.evil.example/', 'another host'],
    ['@evil.example/', 'another host behind a user name'],
    ['//evil.example/tasks', 'another host behind two slashes'],
    ['/tasks//stream', 'an empty id'],
    ['/tasks/../admin', 'a dot segment'],
    ['/tasks/..', 'a dot segment at the end'],
    ['/tasks/./1', 'a single dot'],
    ['/tasks/%2e%2E/admin', 'encoded dots'],
    ['/tasks/.\t./admin', 'dots around a tab'],
    ['/\\evil.example', 'a backslash'],
    ['/tasks/a b', 'a space'],
    ['/tasks/é', 'a character that is not encoded'],
    ['/tasks/1#x', 'a fragment'],
    ['/tasks?x=1#y', 'a fragment behind a query'],
  ])('refuses %j: %s', (path) => {
    for (const address of ['https://a.example', 'https://a.example/v1']) {
      expect(() => joinPath(new URL(address), path)).toThrow(expect.objectContaining({ code: 'misuse' }))
    }
  })
})

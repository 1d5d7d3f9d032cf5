import { describe, expect, test } from 'vitest'
import { fileNameOf, readName } from './file-name.ts'

describe('the name of a file', () => {
  test.each([
    ['https://f.example/a/b.png?sig=c/d.mp4#e/f', 'b.png'],
    ['https://f.example/my%20fox%C3%A9.png', 'my foxé.png'],
    ['https://f.example/%E0%A4%A.png', '%E0%A4%A.png'],
    ['https://f.example/a%2Fb.png', 'a/b.png'],
    ['https://f.example/%00%0a%E2%80%AEgpj.exe', 'gpj.exe'],
    ['https://f.example/', null],
    ['https://f.example', null],
    ['https://f.example?x=/a.png', null],
    ['data:image/png;base64,a/b.png', null],
    ['blob:https://f.example/5c1b', null],
  ])('of %s is %s', (url, name) => {
    expect(fileNameOf(url)).toBe(name)
  })
  test('is cut at 200 characters', () => {
    expect(readName('a'.repeat(201))).toBe(`${'a'.repeat(199)}…`)
    expect(readName('a'.repeat(200))).toBe('a'.repeat(200))
    expect(readName('a'.repeat(10_000_000))).toHaveLength(200)
  })
  test.each([[''], [' \n'], ['\u202e'], [null], [1]])('is none in %j', (given) => {
    expect(readName(given)).toBeNull()
  })
})

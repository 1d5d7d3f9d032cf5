import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { connectionTable } from './connection-table.ts'

const at = (path: string): URL => new URL(`../${path}`, import.meta.url)
const spec = readFileSync(at('src/SPEC.md'), 'utf8')

/** Each law with the files that enforce it. */
const laws = [...(spec.split('## The connection')[0] ?? '').matchAll(/^\| (L\d+) \|[^|]*\|([^|]*)\|/gm)].map(
  ([, law = '', enforcement = '']) =>
    [law, [...enforcement.matchAll(/`((?:src|test)\/[\w./-]+)`/g)].map(([, file = '']) => file)] as const,
)

/** A table without the spaces that a formatter puts around its cells. */
const tight = (table: string): string =>
  table
    .replace(/ *\| */g, '|')
    .replace(/-+/g, '---')
    .trim()

describe('SPEC.md', () => {
  it('has every law', () => {
    expect(laws.map(([law]) => law)).toEqual(Array.from({ length: 13 }, (_, index) => `L${index + 1}`))
  })

  it.each(laws)('%s is enforced where it says, by tests that name it', (law, files) => {
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      expect(existsSync(at(file)), file).toBe(true)
      expect(readFileSync(at(file), 'utf8'), file).toMatch(new RegExp(`\\b${law}\\b`))
    }
  })

  it('shows the table of the connection as it is', () => {
    const shown = /<!-- table -->\s*([\s\S]*?)\s*<!-- \/table -->/.exec(spec)?.[1] ?? ''
    expect(tight(shown)).toBe(tight(connectionTable()))
  })

  it('names only files that there are', () => {
    const named = [...spec.matchAll(/`((?:state|store|source|protocol|wire)\/[\w.-]+\.ts)`/g)]
    for (const [, file = ''] of named) expect(existsSync(at(`src/${file}`)), file).toBe(true)
  })
})

import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'

const forbidden = vi.hoisted(() => (name: string) => (): never => {
  throw new Error(`${name} was imported.`)
})
vi.mock('react', forbidden('react'))
vi.mock('react-dom', forbidden('react-dom'))
vi.mock('@tanstack/react-query', forbidden('@tanstack/react-query'))

const root = fileURLToPath(new URL('../src', import.meta.url))
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.includes('.test'))
  .toSorted()

describe('core', () => {
  it('has sources to look at', () => {
    expect(sources.length).toBeGreaterThan(80)
    expect(sources).toContain('index.ts')
  })

  it('loads whole where React is not there', async () => {
    for (const path of sources)
      await expect(import(/* @vite-ignore */ `${root}/${path}`), path).resolves.toBeDefined()
  })

  it('names no React and no runtime in any import, but for the server of tests', () => {
    const imported = sources.flatMap((path) =>
      [...readFileSync(`${root}/${path}`, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^'.][^']*)'/g)].map(
        ([, name]) => `${path}: ${name ?? ''}`,
      ),
    )
    const packages = new Set(imported.map((one) => one.slice(one.indexOf(': ') + 2)))
    expect(packages).toEqual(
      new Set(['zustand/vanilla', 'eventsource-parser', '@cfworker/json-schema', 'node:http', 'node:net']),
    )
    expect(imported.filter((one) => one.includes('node:'))).toEqual([
      'testing/serve-node.ts: node:http',
      'testing/serve-node.ts: node:net',
    ])
  })
})

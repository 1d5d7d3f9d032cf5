/** Every TypeScript block of the READMEs compiles against the packages, so that an example never lags behind them. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = `${root}node_modules/.cache/readme`

/** What the examples take for granted: where a name comes from when the block itself does not say. */
const assumed: Readonly<Record<string, string>> = {
  collectLogs: `import { collectLogs } from '@taskstream/core'`,
  StreamProcessor: `import { StreamProcessor } from '@taskstream/core'`,
  TaskTimeoutError: `import { TaskTimeoutError } from '@taskstream/core'`,
  useTaskStream: `import { useTaskStream } from '@taskstream/react'`,
  useAgent: `import { useAgent } from '@taskstream/react'`,
  tools: `import type { ClientTools } from '@taskstream/core'\ndeclare const tools: ClientTools`,
  executeTool: `declare function executeTool(name: string, args: unknown): Promise<unknown>`,
  client: `import type { Client } from '@taskstream/core'\ndeclare const client: Client`,
  config: `import type { RunConfig } from '@taskstream/core'\ndeclare const config: RunConfig`,
  prompt: `declare const prompt: string`,
  file: `declare const file: File`,
  shouldCancel: `declare function shouldCancel(): boolean`,
}

const readmes = ['README.md', 'packages/core/README.md', 'packages/react/README.md']

interface Block {
  readonly name: string
  readonly text: string
}

function blocksOf(path: string, number: number): readonly Block[] {
  const markdown = readFileSync(`${root}${path}`, 'utf8')
  const found = [...markdown.matchAll(/^```(tsx?)\n([\s\S]*?)^```$/gm)]
  return found.map(([, kind, code = ''], index) => {
    const says = (name: string): boolean => new RegExp(`(?<![.\\w])${name}\\b`).test(code)
    const declares = (name: string): boolean =>
      new RegExp(`(?:const|function) ${name}\\b|import (?:type )?\\{[^}]*\\b${name}\\b`).test(code)
    const prelude = Object.entries(assumed).flatMap(([name, line]) =>
      says(name) && !declares(name) ? [line] : [],
    )
    return {
      name: `readme-${number + 1}-block-${index + 1}.${kind}`,
      text: [...prelude, code, 'export {}'].join('\n'),
    }
  })
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('every block of the READMEs compiles', { timeout: 60_000 }, () => {
  const blocks = readmes.flatMap(blocksOf)
  expect(blocks.length).toBeGreaterThan(12)
  mkdirSync(folder, { recursive: true })
  for (const { name, text } of blocks) writeFileSync(`${folder}/${name}`, text)
  const compilerOptions = {
    noEmit: true,
    composite: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    customConditions: ['@taskstream/source'],
    types: ['node', 'vite/client'],
  }
  const tsconfig = { extends: `${root}tsconfig.base.json`, compilerOptions, include: ['*.ts', '*.tsx'] }
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(tsconfig))
  const { stdout, status } = spawnSync(`${root}node_modules/.bin/tsc`, ['-p', folder], { encoding: 'utf8' })
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 })
})

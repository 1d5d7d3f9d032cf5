import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findViolations, readSources } from '../scripts/check-layers.ts'

test('every import in the packages points the way the layers allow', () => {
  const sources = readSources(fileURLToPath(new URL('..', import.meta.url)))
  expect(sources.map(({ path }) => path)).toContain('packages/core/src/index.ts')
  expect(findViolations(sources)).toEqual([])
})

const LAYERS = ['content', 'wire', 'source', 'protocol', 'state', 'store']
const violationsOf = (path: string, text: string): string[] => findViolations([{ path, text }])

describe('in core', () => {
  const pairs = LAYERS.flatMap((from, i) => LAYERS.map((to, j) => ({ from, to, allowed: j <= i })))
  test.each(pairs)('a file of $from may import $to: $allowed', ({ from, to, allowed }) => {
    const target = from === to ? './other.ts' : `../${to}/other.ts`
    const text = `import { one } from '${target}'`
    expect(violationsOf(`packages/core/src/${from}/file.ts`, text)).toHaveLength(allowed ? 0 : 1)
  })

  test.each([
    ['errors are open to the lowest layer', 'wire/a.ts', `import { StreamError } from '../errors.ts'`, 0],
    ['content imports no layer', 'content/a.ts', `import { a } from '../wire/a.ts'`, 1],
    ['errors import no layer', 'errors.ts', `import { a } from './wire/a.ts'`, 1],
    ['the index exports every layer', 'index.ts', `export { a } from './store/a.ts'`, 0],
    ['the index leaves testing out', 'index.ts', `export { a } from './testing/a.ts'`, 1],
    ['the clock is open as a type', 'wire/a.ts', `import type { Clock } from '../store/clock.ts'`, 0],
    ['the clock is closed as a value', 'wire/a.ts', `import { clock } from '../store/clock.ts'`, 1],
    ['no layer imports testing', 'store/a.ts', `import { a } from '../testing/a.ts'`, 1],
    ['a test imports testing', 'store/a.test.ts', `import { a } from '../testing/a.ts'`, 0],
    ['testing imports wire', 'testing/a.ts', `import { a } from '../wire/a.ts'`, 0],
    ['testing imports a folder of its own', 'testing/b/a.ts', `import { a } from '../a.ts'`, 0],
    ['testing imports the clock', 'testing/a.ts', `import { clock } from '../store/clock.ts'`, 0],
    ['testing imports nothing else of the store', 'testing/a.ts', `import { a } from '../store/a.ts'`, 1],
    ['testing imports no state', 'testing/a.ts', `import { a } from '../state/a.ts'`, 1],
    ['react is not imported', 'store/a.ts', `import { useState } from 'react'`, 1],
    ['react/jsx-runtime is not imported', 'store/a.ts', `import 'react/jsx-runtime'`, 1],
    ['a longer name is not react', 'store/a.ts', `import { a } from 'reactive'`, 0],
    ['a re-export counts', 'wire/a.ts', `export * from '../store/a.ts'`, 1],
    ['an import of several lines counts', 'wire/a.ts', `import {\n  a,\n  b,\n} from '../store/a.ts'`, 1],
    ['a dynamic import counts', 'wire/a.ts', `const a = await import('../store/a.ts')`, 1],
    ['a comment does not count', 'wire/a.ts', `/**\n * import { a } from '../store/a.ts'\n */`, 0],
    [
      'an import after an exported value counts once',
      'wire/a.ts',
      `export const a = 1\nimport '../store/a.ts'`,
      1,
    ],
    ['the other package is not reached by path', 'index.ts', `import { a } from '../../react/src/a.ts'`, 1],
  ])('%s', (_law, file, text, count) => {
    expect(violationsOf(`packages/core/src/${file}`, text)).toHaveLength(count)
  })
})

describe('in react', () => {
  const query = `import { queryOptions } from '@tanstack/react-query'`
  test.each([
    ['a hook imports no component', 'use-a.ts', `import { A } from './task-progress/a.tsx'`, 1],
    ['the index exports components', 'index.ts', `export { A } from './task-progress/a.tsx'`, 0],
    ['a component imports a hook', 'task-progress/a.tsx', `import { useA } from '../use-a.ts'`, 0],
    ['the query bridge imports react-query', 'query/a.ts', query, 0],
    ['use-task imports react-query', 'use-task.ts', query, 0],
    ['another hook imports no react-query', 'use-a.ts', query, 1],
    ['a component imports no react-query', 'task-progress/a.tsx', query, 1],
    ['react itself is free', 'use-a.ts', `import { useState } from 'react'`, 0],
  ])('%s', (_law, file, text, count) => {
    expect(violationsOf(`packages/react/src/${file}`, text)).toHaveLength(count)
  })
})

test('a violation names the file, the import and the reason', () => {
  expect(violationsOf('packages/core/src/wire/a.ts', `import '../store/b.ts'`)).toEqual([
    'packages/core/src/wire/a.ts imports ../store/b.ts: wire is not above store',
  ])
})

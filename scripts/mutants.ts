import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutants, type Mutant } from '../packages/core/test/mutants.ts'

// Breaks a copy of the engine in one line after the other, and expects the tests of the law that it breaks to fail.
// Arguments: words, of which a mutant's `breaks` must hold one; none for all.

const root = fileURLToPath(new URL('..', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'taskstream-mutants-'))
const wanted = process.argv.slice(2)
const chosen = mutants.filter(
  ({ breaks }) => wanted.length === 0 || wanted.some((word) => breaks.includes(word)),
)

function prepare(): void {
  const isKept = (path: string): boolean => !/[\\/](?:node_modules|dist|storybook-static|\.git)$/.test(path)
  for (const name of [
    'packages',
    'test',
    'scripts',
    'stories',
    'package.json',
    'vitest.config.ts',
    'tsconfig.base.json',
  ])
    cpSync(join(root, name), join(copy, name), { recursive: true, filter: isKept })
  for (const name of ['node_modules', 'packages/core/node_modules', 'packages/react/node_modules'])
    symlinkSync(join(root, name), join(copy, name))
}

/** Whether the tests pass; `killed` where the run took so long that the breakage made it loop. */
function run(tests: readonly string[], limitMs: number): Promise<'passed' | 'failed' | 'hung'> {
  const vitest = join(copy, 'node_modules/vitest/vitest.mjs')
  const files = tests.map((file) => join(copy, 'packages/core', file))
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', '--project', 'core', '--bail', '1', ...files], {
      cwd: copy,
      stdio: 'ignore',
    })
    let isHung = false
    const limit = setTimeout(() => {
      isHung = true
      child.kill('SIGKILL')
    }, limitMs)
    child.on('exit', (code) => {
      clearTimeout(limit)
      if (isHung) resolve('hung')
      else resolve(code === 0 ? 'passed' : 'failed')
    })
  })
}

async function isKilled({ file, find, replace, tests }: Mutant): Promise<boolean> {
  const path = join(copy, 'packages/core/src', file)
  const source = readFileSync(path, 'utf8')
  if (source.split(find).length !== 2) throw new Error(`${file} does not hold this line once: ${find}`)
  writeFileSync(
    path,
    source.replace(find, () => replace),
  )
  try {
    return (await run(tests, 180_000)) !== 'passed'
  } finally {
    writeFileSync(path, source)
  }
}

try {
  prepare()
  const all = [...new Set(chosen.flatMap(({ tests }) => tests))]
  if ((await run(all, 900_000)) !== 'passed') throw new Error('The tests fail without any mutant.')
  const survivors: Mutant[] = []
  for (const mutant of chosen) {
    const killed = await isKilled(mutant)
    if (!killed) survivors.push(mutant)
    console.log(`${killed ? 'killed  ' : 'SURVIVED'}  ${mutant.breaks}  (${mutant.file})`)
  }
  console.log(`${chosen.length - survivors.length} of ${chosen.length} mutants were killed.`)
  if (survivors.length > 0) process.exitCode = 1
} finally {
  rmSync(copy, { recursive: true, force: true })
}

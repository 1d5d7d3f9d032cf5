/** Checks that imports in packages/*\/src point the way the layers allow. Run as a script, it exits 1 if not. */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** A source file: `path` from the repository's root with forward slashes, `text` its content. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}
interface Import {
  readonly specifier: string
  readonly isTypeOnly: boolean
}

/** Core's folders, lowest first: a file imports from its own folder and from those before it. */
const LAYERS = ['content', 'wire', 'source', 'protocol', 'state', 'store']
const OPEN_TO_TESTING = /^(wire|protocol)\/|^store\/clock\.ts$/
const STATEMENT =
  /^[ \t]*(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

/** What `files` import against the layers, one sentence each. Tests may import anything. */
export function findViolations(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !/\.test(-d)?\.tsx?$/.test(path))
    .flatMap((file) =>
      importsOf(file.text).flatMap((one) => {
        const reason = reasonAgainst(file.path, one)
        return reason === null ? [] : [`${file.path} imports ${one.specifier}: ${reason}`]
      }),
    )
}

function importsOf(text: string): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '')
  return [...code.matchAll(STATEMENT)].map(([, type, named, dynamic]) => ({
    specifier: named ?? dynamic ?? '',
    isTypeOnly: type !== undefined,
  }))
}

function reasonAgainst(path: string, { specifier, isTypeOnly }: Import): string | null {
  const [, name, from = ''] = /^packages\/([^/]+)\/src\/(.+)$/.exec(path) ?? []
  if (name === 'core' && /^react(-dom)?($|\/)/.test(specifier)) return 'core knows no framework'
  if (name === 'react' && specifier.startsWith('@tanstack/react-query')) {
    return isTypeOnly || /^query\/|^use-task\.ts$/.test(from) ? null : 'only query/ and use-task.ts may'
  }
  if (!specifier.startsWith('.')) return null
  const target = posix.join(posix.dirname(from), specifier)
  if (target.startsWith('..')) return 'a package is imported by its name'
  if (name === 'core') return isTypeOnly && target === 'store/clock.ts' ? null : reasonInCore(from, target)
  const isHook = !from.includes('/') && from !== 'index.ts'
  return isHook && /^(agent-chat|markdown|task-progress)\//.test(target)
    ? 'hooks come before components'
    : null
}

function reasonInCore(from: string, target: string): string | null {
  const [layer = '', below = ''] = [from.split('/')[0], target.split('/')[0]]
  if (below === layer || below === 'errors.ts') return null
  if (below === 'testing') return 'only tests import testing'
  if (layer === 'index.ts') return null
  if (layer === 'testing') return OPEN_TO_TESTING.test(target) ? null : 'testing sees wire, protocol, clock'
  const isBelow = LAYERS.includes(below) && LAYERS.indexOf(below) < LAYERS.indexOf(layer)
  return isBelow ? null : `${layer} is not above ${below}`
}

/** Every TypeScript file under packages/*\/src. */
export function readSources(root: string): SourceFile[] {
  return readdirSync(join(root, 'packages')).flatMap((name) =>
    readdirSync(join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => posix.join('packages', name, 'src', file.replaceAll('\\', '/')))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  )
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const violations = findViolations(readSources(join(dirname(fileURLToPath(import.meta.url)), '..')))
  for (const violation of violations) console.error(violation)
  process.exitCode = violations.length === 0 ? 0 : 1
}

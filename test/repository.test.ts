/** What every file of the repository keeps to. Files that are about to be added count as well. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')
const isCheckout = existsSync(join(root, '.git'))

interface RepositoryFile {
  /** From the repository's root. */
  readonly path: string
  readonly text: string
}

/** Something that a file must not hold, and lines that show it. */
interface Ban {
  readonly what: string
  readonly isIn: (file: RepositoryFile) => boolean
  /** Texts of which each has it. */
  readonly caught: readonly string[]
  /** Texts of which none has it. */
  readonly passed: readonly string[]
}

// Why in pieces: this file is one of those that are checked.
const glue = (...parts: readonly string[]): string => parts.join('')
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const machinePath = new RegExp(
  [
    glue('/', 'work/'),
    glue('/', 'root/'),
    glue('/', 'home/', '\\w'),
    glue('/', 'Users/', '\\w'),
    glue('/', 'private/', 'var/'),
    glue('[A-Z]:\\\\+', 'Users'),
    ...[root, homedir(), tmpdir()]
      .filter((path) => path.length > 1)
      .map((path) => `${escape(path)}(?=[/\\\\])`),
  ]
    .map((path) => `(?<![\\w.:/-])${path}`)
    .join('|'),
)
const registryHost = new RegExp(
  [
    glue('registry', '\\.(?!test\\.ts)[a-z0-9-]+\\.[a-z]+'),
    glue('npm', '\\.pkg\\.'),
    glue('jfrog', '\\.io'),
    glue('arti', 'factory'),
    glue('^registry', '\\s*='),
    glue(':_auth', 'Token'),
  ].join('|'),
  'im',
)
const openEnd = new RegExp(
  `\\b(${['TO', 'FIX'].map((start) => glue(start, start === 'TO' ? 'DO' : 'ME')).join('|')})\\b`,
)

const everywhere: readonly Ban[] = [
  {
    what: 'a path of one machine',
    isIn: ({ text }) => machinePath.test(text),
    caught: [
      glue("'/", "work/main'"),
      glue('/', 'home/', 'ann/x'),
      glue('C:\\', 'Users\\ann'),
      join(root, 'a'),
    ],
    passed: ['https://a.test/work/b', './home/a', '/usr/bin/chromium', '"/tmp"', 'src/work/a'],
  },
  {
    what: 'the host of a registry',
    isIn: ({ text }) => registryHost.test(text),
    caught: [glue('https://registry', '.npmjs.org/a'), glue('registry', '=https://a.test')],
    passed: [
      'a registry: one entry per task',
      'registry.ts',
      'src/store/registry.test.ts',
      'createRegistry(settings)',
    ],
  },
  {
    what: 'an end left open',
    isIn: ({ text }) => openEnd.test(text),
    caught: [glue('// TO', 'DO later'), glue('FIX', 'ME')],
    passed: ['todos', 'a method to do'],
  },
]

const inSources: readonly Ban[] = [
  {
    what: 'more than 250 lines',
    isIn: ({ text }) => text.trimEnd().split('\n').length > 250,
    caught: ['\n'.repeat(250) + 'a'],
    passed: ['\n'.repeat(249) + 'a\n'],
  },
  {
    what: 'the type any',
    isIn: ({ text }) => /[:<|&,(=[]\s*any\b|\bas any\b|\bany\[\]/.test(withoutWords(text)),
    caught: ['let a: any', 'Record<string, any>', 'a as any', 'const a = b as any[]', '(...args: any[])'],
    passed: ["// any\nconst a = 'x: any'", '/** Any: any one. */', 'let company: Company', '`: any`'],
  },
  {
    what: 'an assertion by way of unknown',
    isIn: ({ text }) => /\bas\s+unknown\s+as\b/.test(withoutWords(text)),
    caught: ['a as unknown as B'],
    passed: ['a as unknown', '// as unknown as'],
  },
  {
    what: 'a compiler that is told to look away',
    isIn: ({ text }) => new RegExp(glue('@ts-', '(ignore|nocheck|expect-error)')).test(text),
    caught: [glue('// @ts-', 'ignore')],
    passed: ['ts-ignore'],
  },
]

/** Code without comments, and strings without their content. */
function withoutWords(text: string): string {
  return text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
    (part) => (part.startsWith('/') ? ' ' : "''"),
  )
}

describe.each([...everywhere, ...inSources])('the check for $what', ({ isIn, caught, passed }) => {
  test.each(caught)('catches %j', (text) => {
    expect(isIn({ path: 'a.ts', text })).toBe(true)
  })
  test.each(passed)('passes %j', (text) => {
    expect(isIn({ path: 'a.ts', text })).toBe(false)
  })
})

describe.skipIf(!isCheckout)('in this checkout', () => {
  const files = isCheckout ? listFiles() : []
  const sources = files.filter(
    ({ path }) => /^packages\/[^/]+\/src\/.*\.tsx?$/.test(path) && !/\.test(-d)?\.tsx?$/.test(path),
  )

  test('there are files to look at', () => {
    expect(files.map(({ path }) => path)).toContain('package.json')
    expect(sources.map(({ path }) => path)).toContain('packages/core/src/index.ts')
  })

  test.each(everywhere)('no file holds $what', ({ isIn }) => {
    expect(files.filter(isIn).map(({ path }) => path)).toEqual([])
  })

  test.each(inSources)('no source of a package holds $what', ({ isIn }) => {
    expect(sources.filter(isIn).map(({ path }) => path)).toEqual([])
  })

  test('names are written in kebab-case', () => {
    const names = files
      .map(({ path }) => path)
      .filter((path) => /^(packages|test|stories|demo|scripts)\//.test(path))
      .filter((path) => !['README.md', 'CHANGELOG.md', 'SPEC.md', 'LICENSE'].includes(basename(path)))
    const isKebab = (path: string): boolean =>
      path.split('/').every((part) => /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/.test(part))
    expect(names.filter((path) => !isKebab(path))).toEqual([])
  })

  test('the lockfile names versions, and no place to fetch them from', () => {
    const lock = files.find(({ path }) => path === 'pnpm-lock.yaml')
    expect(lock?.text).toMatch(/^lockfileVersion:/)
    expect(lock?.text).not.toMatch(/:\/\/|tarball:/)
  })
})

/** Tracked files, and those that are neither tracked nor ignored. */
function listFiles(): readonly RepositoryFile[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  return [...new Set(list.split('\0'))]
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

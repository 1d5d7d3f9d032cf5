/** The packages as a registry would get them: built, packed and read back. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** A package of this repository. */
export type PackageName = 'core' | 'react'

/** One or more targets of a package's `exports`, by condition. */
export type ExportTarget = string | { readonly [condition: string]: ExportTarget }

/** What these tests read of a packed package.json. */
export interface PackedManifest {
  readonly name: string
  readonly exports: Readonly<Record<string, ExportTarget>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** A tarball, unpacked. */
export interface PackedPackage {
  /** Folder with the package's files. */
  readonly folder: string
  readonly manifest: PackedManifest
  /** Every file, with forward slashes, sorted. */
  readonly files: readonly string[]
  readonly read: (file: string) => string
}

/** Both packages, and where they lie. */
export interface PackedPackages extends Readonly<Record<PackageName, PackedPackage>> {
  /** A folder outside of the repository, of its own for each call. */
  readonly folder: string
  readonly remove: () => void
}

/** The pnpm that runs the tests; without one, the same from the registry. */
const PNPM_VERSION = '12.21.0'

/** Builds both packages, packs them and unpacks them in a temporary folder. */
export async function packAll(): Promise<PackedPackages> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'taskstream-packed-')))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    // Why in this order: the declarations of react are made from those of core.
    await build('core')
    await build('react')
    const [core, react] = await Promise.all([pack('core', folder), pack('react', folder)])
    return { core, react, folder, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** Runs a program; its output, or an error that shows it. */
export function run(
  file: string,
  args: readonly string[],
  { cwd = root, shell = false }: { readonly cwd?: string; readonly shell?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      { cwd, shell, env: cleanEnv(), encoding: 'utf8', timeout: 60_000, maxBuffer: 2 ** 24 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(`${error.message}\n${stdout}\n${stderr}`))
      },
    )
  })
}

/** The environment without what the test runner put there, and with the repository's programs first. */
function cleanEnv(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_ENV|NODE_OPTIONS|VITE.*|DEV|PROD|SSR|MODE|BASE_URL|TEST)$/.test(name),
  )
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter)
  return { ...Object.fromEntries(own), PATH: path, NO_COLOR: '1' }
}

async function build(name: PackageName): Promise<void> {
  const cwd = join(root, 'packages', name)
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as {
    readonly scripts: { readonly build: string }
  }
  await run(scripts.build, [], { cwd, shell: true })
}

async function pack(name: PackageName, into: string): Promise<PackedPackage> {
  const tarball = join(into, `${name}.tgz`)
  const folder = join(into, 'unpacked', name)
  const [file = '', ...args] = pnpm()
  await run(file, [...args, 'pack', '--out', tarball], { cwd: join(root, 'packages', name) })
  mkdirSync(folder, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'])
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  return {
    folder,
    read,
    manifest: JSON.parse(read('package.json')) as PackedManifest,
    files: readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      )
      .toSorted(),
  }
}

/** Only pnpm knows what `workspace:`, `catalog:` and `publishConfig.exports` become in a tarball. */
function pnpm(): readonly string[] {
  const { npm_execpath: path, npm_config_user_agent: agent } = process.env
  if (path === undefined || agent?.startsWith('pnpm/') !== true) return ['npx', '-y', `pnpm@${PNPM_VERSION}`]
  return /\.[cm]?js$/.test(path) ? [process.execPath, path] : [path]
}

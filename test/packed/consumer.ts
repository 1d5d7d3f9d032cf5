/** Projects outside of the repository that have installed the packed packages. */
import { cpSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root, run, type PackageName, type PackedPackages } from './pack.ts'

/** A project in a folder of its own. */
export interface Consumer {
  readonly folder: string
  /** Writes a file of the project; its path. */
  readonly write: (file: string, text: string) => string
  /** Runs a module of the project in plain Node; what it prints. */
  readonly node: (text: string) => Promise<string>
}

/** Where the repository has what the packages depend on, as a registry would deliver it. */
const dependencies: Readonly<Record<PackageName, Readonly<Record<string, string>>>> = {
  core: {
    '@cfworker/json-schema': 'packages/core/node_modules/@cfworker/json-schema',
    'eventsource-parser': 'packages/core/node_modules/eventsource-parser',
    zustand: 'packages/core/node_modules/zustand',
  },
  react: {
    'markdown-it': 'packages/react/node_modules/markdown-it',
    react: 'packages/react/node_modules/react',
    'react-dom': 'packages/react/node_modules/react-dom',
    '@tanstack/react-query': 'packages/react/node_modules/@tanstack/react-query',
    '@types/react': 'node_modules/@types/react',
    '@types/react-dom': 'node_modules/@types/react-dom',
  },
}

/** Makes a project with core alone, or with both packages. */
export function createConsumer(packed: PackedPackages, installed: 'core' | 'both'): Consumer {
  const folder = mkdtempSync(join(packed.folder, `${installed}-`))
  const names: readonly PackageName[] = installed === 'core' ? ['core'] : ['core', 'react']
  for (const name of names) {
    const { manifest } = packed[name]
    cpSync(packed[name].folder, join(folder, 'node_modules', manifest.name), { recursive: true })
    for (const [dependency, path] of Object.entries(dependencies[name])) {
      const link = join(folder, 'node_modules', dependency)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(realpathSync(join(root, path)), link, 'junction')
    }
  }
  const write = (file: string, text: string): string => {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  let count = 0
  return {
    folder,
    write,
    node: (text) => run(process.execPath, [write(`run-${++count}.js`, text)], { cwd: folder }),
  }
}

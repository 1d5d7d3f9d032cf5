/** The packages seen from outside: what a project has that installs them from a registry. */
import { posix } from 'node:path'
import { build, type Plugin, type Rolldown } from 'vite'
import { beforeAll, describe, expect, test } from 'vitest'
import { createConsumer } from './consumer.ts'
import { packAll, root, run, type ExportTarget, type PackageName, type PackedPackages } from './pack.ts'

/** A child process, a bundler or a compiler does the work. */
const SLOW = { timeout: 60_000 }

let packed: PackedPackages
beforeAll(async () => {
  packed = await packAll()
  return packed.remove
}, 120_000)

const names: readonly PackageName[] = ['core', 'react']

describe.each(names)('the tarball of %s', (name) => {
  test('holds what was built, a readme, a licence and a manifest, and nothing else', () => {
    const { files } = packed[name]
    const beside = files.filter((file) => !file.startsWith('dist/'))
    expect(beside).toEqual(['LICENSE', 'README.md', 'package.json'])
    expect(files.filter((file) => !/\.(js|js\.map|d\.ts|css)$/.test(file))).toEqual(beside)
    expect(files.filter((file) => /\.test(-d)?\./.test(file))).toEqual([])
  })

  test('has every file that its exports name, and names no source', () => {
    const { files, manifest } = packed[name]
    const targets = Object.values(manifest.exports).flatMap(targetsOf)
    expect(targets.length).toBeGreaterThan(3)
    expect(targets.filter((target) => !files.includes(posix.normalize(target)))).toEqual([])
    expect(JSON.stringify(manifest.exports)).not.toMatch(/source|src/)
  })

  test('depends on versions, not on this repository', () => {
    const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = packed[name].manifest
    const versions = Object.values({ ...devDependencies, ...peerDependencies, ...dependencies })
    expect(versions.filter((version) => !/^(\^|>=)?\d+(\.\d+)*$/.test(version))).toEqual([])
  })

  test('names no folder of the machine that built it', () => {
    const { files, read } = packed[name]
    expect(files.filter((file) => read(file).includes(root) || read(file).includes(packed.folder))).toEqual(
      [],
    )
  })

  test('maps modules to sources by relative paths, and carries those sources', () => {
    const { files, read } = packed[name]
    const maps = files.filter((file) => file.endsWith('.map'))
    expect(maps.length).toBeGreaterThan(3)
    for (const file of maps) {
      expect(read(file.slice(0, -'.map'.length))).toContain(`//# sourceMappingURL=${posix.basename(file)}`)
      const { sources, sourcesContent } = JSON.parse(read(file)) as SourceMapFile
      expect(sources.length, file).toBeGreaterThan(0)
      expect(sources.filter((source) => !/^(\.\.\/)+src\//.test(source))).toEqual([])
      expect(sourcesContent, file).toHaveLength(sources.length)
    }
  })

  test('has every stylesheet that another imports', () => {
    const { files, read } = packed[name]
    for (const file of files.filter((path) => path.endsWith('.css'))) {
      for (const [, imported = ''] of read(file).matchAll(/@import\s+(?:url\()?['"]([^'"]+)['"]/g)) {
        expect(files, `@import in ${file}`).toContain(posix.join(posix.dirname(file), imported))
      }
    }
  })

  test('has declarations that reach each other', () => {
    const { files, read } = packed[name]
    for (const file of files.filter((path) => path.endsWith('.d.ts'))) {
      for (const [, specifier = ''] of read(file).matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)['"]/g)) {
        const target = posix.join(posix.dirname(file), specifier.replace(/\.(tsx?|js)$/, '.d.ts'))
        expect(files, `${specifier} in ${file}`).toContain(target)
      }
    }
  })
})

interface SourceMapFile {
  readonly sources: readonly string[]
  readonly sourcesContent?: readonly string[]
}

function targetsOf(target: ExportTarget): readonly string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(targetsOf)
}

test('every module of react is for the client side of a server-rendered app', () => {
  const { files, read } = packed.react
  const scripts = files.filter((file) => file.endsWith('.js'))
  expect(scripts.filter((file) => !read(file).startsWith('"use client";'))).toEqual([])
})

describe('in plain Node', () => {
  /** Runs a module that calls `report(value)` once; the value, and how long the process lived on after that. */
  async function runCore(text: string): Promise<{ readonly value: unknown; readonly afterMs: number }> {
    const out = await createConsumer(packed, 'core').node(`
      import { createClient } from '@taskstream/core'
      import { createSimulator, taskScript } from '@taskstream/core/testing'
      const config = { app: 'acme/flux', input: {} }
      function report(value) {
        const startMs = performance.now()
        process.on('exit', () => console.log(JSON.stringify({ value, afterMs: performance.now() - startMs })))
      }
      ${text}
    `)
    return JSON.parse(out) as { readonly value: unknown; readonly afterMs: number }
  }
  /** Half of the shortest timer that could be left over, that of the heartbeats. */
  const AT_ONCE_MS = 5_000

  test('core runs a task against its own simulator, and then the process ends by itself', SLOW, async () => {
    const { value, afterMs } = await runCore(`
      const simulator = createSimulator({ script: taskScript.usual({ stepMs: 5, output: { text: 'done' } }) })
      const client = createClient({ baseUrl: 'https://api.test', apiKey: 'k', fetch: simulator })
      const run = client.run(config, { stream: true })
      const statuses = []
      for await (const { status } of run) statuses.push(status)
      const { output } = await run.result
      const plain = await client.run({ ...config, input: { again: true } })
      report({ last: statuses.at(-1), output, again: plain.status, open: simulator.counters.openStreams })
    `)
    expect(value).toEqual({ last: 'completed', output: { text: 'done' }, again: 'completed', open: 0 })
    expect(afterMs).toBeLessThan(AT_ONCE_MS)
  })

  test('core serves its simulator over HTTP, and then the process ends by itself', SLOW, async () => {
    const { value, afterMs } = await runCore(`
      const { serveNode } = await import('@taskstream/core/testing/node')
      const server = await serveNode(createSimulator({ script: taskScript.usual({ stepMs: 5 }) }))
      const client = createClient({ baseUrl: server.url, apiKey: 'k' })
      const { status, logs } = await client.run(config)
      await server.close()
      report({ status, logs: logs.length })
    `)
    expect(value).toEqual({ status: 'completed', logs: 5 })
    expect(afterMs).toBeLessThan(AT_ONCE_MS)
  })

  test('a run keeps the process until it has ended', SLOW, async () => {
    const { value } = await runCore(`
      const simulator = createSimulator({ script: taskScript.usual({ stepMs: 5 }) })
      const client = createClient({ baseUrl: 'https://api.test', apiKey: 'k', fetch: simulator })
      client.run(config, { stream: true }).result.then(({ status }) => report(status))
    `)
    expect(value).toBe('completed')
  })

  test('react renders to a string, and asks nothing of a server', SLOW, async () => {
    const out = await createConsumer(packed, 'both').node(`
      import { createClient } from '@taskstream/core'
      import { createSimulator } from '@taskstream/core/testing'
      import { AgentChat, TaskProgress, TaskstreamProvider, useTaskStream } from '@taskstream/react'
      import { Markdown } from '@taskstream/react/markdown'
      import * as Parts from '@taskstream/react/task-progress'
      import { createElement as h } from 'react'
      import { renderToString } from 'react-dom/server'
      const simulator = createSimulator()
      const client = createClient({ baseUrl: 'https://api.test', apiKey: 'k', fetch: simulator })
      function App() {
        const task = useTaskStream({ app: 'acme/flux', input: {} })
        const parts = h(Parts.Root, { task }, h(Parts.Label), h(Parts.Bar))
        const chat = h(AgentChat, { agent: 'acme/assistant' })
        return h('main', null, task.status, h(TaskProgress, { task }), parts, chat, h(Markdown, { text: '**bold**' }))
      }
      const html = renderToString(h(TaskstreamProvider, { client }, h(App)))
      console.log(JSON.stringify({ html, requests: simulator.requests.length }))
    `)
    const { html, requests } = JSON.parse(out) as { readonly html: string; readonly requests: number }
    expect(html).toMatch(/^<main>idle/)
    expect(html.match(/role="progressbar"/g)).toHaveLength(2)
    expect(html).toContain('role="log"')
    expect(html).toMatch(/<strong[^>]*>bold<\/strong>/)
    expect(requests).toBe(0)
  })
})

describe('in an app that Vite builds', () => {
  interface Bundle {
    /** Every module that was read. */
    readonly read: readonly string[]
    /** Those of which something is left in the output. */
    readonly left: readonly string[]
    readonly styles: string
  }
  async function bundle(entry: string, installed: 'core' | 'both'): Promise<Bundle> {
    const app = createConsumer(packed, installed)
    app.write('index.html', '<!doctype html><script type="module" src="./main.js"></script>')
    app.write('main.js', entry)
    const read: string[] = []
    const reader: Plugin = { name: 'reader', moduleParsed: ({ id }) => void read.push(id) }
    const { output } = (await build({
      root: app.folder,
      configFile: false,
      logLevel: 'error',
      plugins: [reader],
      build: { write: false },
    })) as Rolldown.RolldownOutput
    const left: string[] = []
    let styles = ''
    for (const one of output) {
      if (one.type === 'asset') styles += one.fileName.endsWith('.css') ? String(one.source) : ''
      else left.push(...Object.keys(one.modules).filter((id) => (one.modules[id]?.renderedLength ?? 0) > 0))
    }
    return { read, left, styles }
  }
  const hasPackage = (ids: readonly string[], name: string): boolean =>
    ids.some((id) => id.includes(`/node_modules/${name}/`))

  test('core alone brings no React, not even one that is dropped again', SLOW, async () => {
    const { read, left } = await bundle(
      `import { createClient } from '@taskstream/core'
       globalThis.client = createClient({ proxyUrl: '/api' })`,
      'core',
    )
    expect(hasPackage(left, '@taskstream/core')).toBe(true)
    expect(hasPackage(left, 'zustand')).toBe(true)
    expect(
      read.filter((id) => /\/node_modules\/(react|react-dom|scheduler|use-sync-external-store)\//.test(id)),
    ).toEqual([])
    expect(read.filter((id) => /\/@taskstream\/core\/dist\/testing\//.test(id))).toEqual([])
  })

  test('useTaskStream alone brings neither react-query nor components', SLOW, async () => {
    const { left } = await bundle(
      `import { TaskstreamProvider, useTaskStream } from '@taskstream/react'
       globalThis.kept = [TaskstreamProvider, useTaskStream]`,
      'both',
    )
    expect(left.some((id) => id.endsWith('/@taskstream/react/dist/use-task-stream.js'))).toBe(true)
    expect(
      left.filter((id) =>
        /\/node_modules\/@tanstack\/|\/dist\/(query|task-progress|agent-chat|markdown)\//.test(id),
      ),
    ).toEqual([])
  })

  test('useTask brings react-query', SLOW, async () => {
    const { left } = await bundle(
      `import { useTask } from '@taskstream/react'
       globalThis.kept = useTask`,
      'both',
    )
    expect(hasPackage(left, '@tanstack/query-core')).toBe(true)
  })

  test('a part, and the stylesheet, are taken from their entries', SLOW, async () => {
    const { left, styles } = await bundle(
      `import { Bar } from '@taskstream/react/task-progress'
       import '@taskstream/react/styles.css'
       globalThis.kept = Bar`,
      'both',
    )
    const own = left.filter((id) => id.includes('/@taskstream/react/dist/'))
    expect(own.some((id) => id.endsWith('/task-progress/bar.js'))).toBe(true)
    expect(own.filter((id) => /\/(query|task-progress\/(root|task-progress|logs))\b/.test(id))).toEqual([])
    expect(styles).toContain('--ts-')
    expect(styles).not.toContain('@import')
  })
})

describe('in a TypeScript project', () => {
  const CORE = `
    import { StreamError, createClient, isStreamError, taskStatuses, type Client, type Task, type TaskStatus } from '@taskstream/core'
    import { createManualClock, createSimulator, fault, taskScript } from '@taskstream/core/testing'
    import { serveNode } from '@taskstream/core/testing/node'

    const simulator = createSimulator({ clock: createManualClock(), script: taskScript.usual(), faults: [fault.unreachable({ on: 'run' })] })
    export const client: Client = createClient({ baseUrl: 'https://api.test', apiKey: 'k', fetch: simulator })
    export async function follow(): Promise<string> {
      const run = client.run({ app: 'acme/flux', input: { prompt: 'a fox' } }, { stream: true })
      for await (const { status, logs, progress } of run) {
        const known: TaskStatus = status
        const share: number | null = progress?.value ?? null
        console.log(known, share, logs.join('\\n'))
      }
      const task: Task = await run.result
      // @ts-expect-error -- a task is read-only
      task.status = 'failed'
      // @ts-expect-error -- what an app gives is not known before it is looked at
      task.output.text
      // @ts-expect-error -- there is no such status
      const wrong: TaskStatus = 'finished'
      return task.id + wrong
    }
    // @ts-expect-error -- a stream is asked for with true
    client.run({ app: 'acme/flux' }, { stream: 'yes' })
    // @ts-expect-error -- options are spelled as they are documented
    createClient({ retry_delay: 1 })
    // @ts-expect-error -- a fault of the simulator meets requests of a route that there is
    fault.unreachable({ on: 'nowhere' })
    export const errors = (error: unknown): string | null => (isStreamError(error) ? error.code : null)
    export const all: readonly string[] = taskStatuses
    export const kind = StreamError
    export const serve = serveNode(simulator)
  `
  const REACT = `
    import { createClient, type StreamError } from '@taskstream/core'
    import { TaskProgress, TaskstreamProvider, useTask, useTaskStream, useTaskValue } from '@taskstream/react'
    import * as Parts from '@taskstream/react/task-progress'
    import type { ReactNode } from 'react'

    const client = createClient({ proxyUrl: '/api' })
    export function Picture({ prompt }: { readonly prompt: string }): ReactNode {
      const task = useTaskStream({ app: 'acme/flux', input: { prompt } }, { onError: (error: StreamError) => console.log(error.code) })
      // @ts-expect-error -- what a hook gives is read-only
      task.status = 'failed'
      // @ts-expect-error -- progress is a share, or null while it is not known
      const share: number = task.progress.value
      return <button type="button" onClick={() => void task.cancel()}>{task.status} {share} <TaskProgress task={task} /></button>
    }
    export const App = (): ReactNode => (
      <TaskstreamProvider client={client}>
        <Picture prompt="a fox" />
        {/* @ts-expect-error -- a number is no prompt */}
        <Picture prompt={7} />
        <TaskProgress config={{ app: 'acme/flux' }} onFinish={(task) => console.log(task.output)} className={({ phase }) => phase} />
        {/* @ts-expect-error -- it shows one thing */}
        <TaskProgress config={{ app: 'acme/flux' }} taskId="7" />
        <Parts.Root taskId="7"><Parts.Bar /><Parts.Logs /><Parts.Output /></Parts.Root>
      </TaskstreamProvider>
    )
    // @ts-expect-error -- a provider needs a client
    export const empty = <TaskstreamProvider />
    export const hooks = [useTask, useTaskValue]
  `
  const options = {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
    jsx: 'react-jsx',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  }
  test.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'module %s, resolution %s: it type-checks, and mistakes do not',
    SLOW,
    async (module, moduleResolution) => {
      const app = createConsumer(packed, 'both')
      app.write('src/core.ts', CORE)
      app.write('src/app.tsx', REACT)
      app.write(
        'tsconfig.json',
        JSON.stringify({ compilerOptions: { ...options, module, moduleResolution }, include: ['src'] }),
      )
      expect(await run('tsc', ['-p', app.folder], { cwd: app.folder })).toBe('')
    },
  )

  test('a mistake that no line expects is an error', SLOW, async () => {
    const app = createConsumer(packed, 'core')
    app.write('src/core.ts', `import { createClient } from '@taskstream/core'\ncreateClient({ baseUrl: 7 })`)
    app.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { ...options, module: 'nodenext' }, include: ['src'] }),
    )
    await expect(run('tsc', ['-p', app.folder], { cwd: app.folder })).rejects.toThrow(/TS2322|TS2769|TS2345/)
  })
})

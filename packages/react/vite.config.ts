import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

/** The stylesheet is published in one file: `@import './…'` is replaced by what it names. An app imports it by itself. */
const stylesheet: Plugin = {
  name: 'stylesheet',
  apply: 'build',
  generateBundle() {
    const source = inlineImports('src/styles.css')
    if (source.includes('@import')) this.error("An @import in styles.css is not of the form @import './…';")
    this.emitFile({ type: 'asset', fileName: 'styles.css', source })
  },
}

function inlineImports(path: string): string {
  return readFileSync(path, 'utf8').replace(/^@import '(\.[^']+)';$/gm, (_, relative: string) =>
    inlineImports(join(dirname(path), relative)).trim(),
  )
}

/** One output module per source module, so that a bundler drops what an app does not import. */
const config: UserConfig = defineConfig({
  plugins: [stylesheet],
  build: {
    lib: {
      entry: ['index', 'agent-chat/index', 'markdown/index', 'task-progress/index'].map(
        (name) => `src/${name}.ts`,
      ),
      formats: ['es'],
    },
    target: 'es2022',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      external: [/^[^./\0]/],
      output: {
        banner: '"use client";',
        preserveModules: true,
        preserveModulesRoot: 'src',
        entryFileNames: '[name].js',
      },
    },
  },
})
export default config

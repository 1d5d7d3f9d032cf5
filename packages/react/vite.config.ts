import { readFileSync } from 'node:fs'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

/** The stylesheet is published as written: an app imports it beside the components. */
const stylesheet: Plugin = {
  name: 'stylesheet',
  apply: 'build',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'styles.css', source: readFileSync('src/styles.css', 'utf8') })
  },
}

/** One output module per source module, so that a bundler drops what an app does not import. */
const config: UserConfig = defineConfig({
  plugins: [stylesheet],
  build: {
    lib: { entry: ['src/index.ts', 'src/task-progress/index.ts'], formats: ['es'] },
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

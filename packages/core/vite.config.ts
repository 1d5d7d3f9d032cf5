import { defineConfig, type UserConfig } from 'vite'

/** One output module per source module, so that a bundler drops what an app does not import. */
const config: UserConfig = defineConfig({
  build: {
    lib: {
      entry: ['src/index.ts', 'src/testing/index.ts', 'src/testing/serve-node.ts'],
      formats: ['es'],
    },
    target: 'es2022',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      external: [/^[^./\0]/],
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
})
export default config

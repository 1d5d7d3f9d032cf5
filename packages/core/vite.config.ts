import { defineConfig, type UserConfig } from 'vite'

/** One module per entry; what they share lies beside them. Nothing has side effects, so a bundler drops what is not used. */
const config: UserConfig = defineConfig({
  build: {
    lib: {
      entry: {
        index: 'src/index.ts',
        'testing/index': 'src/testing/index.ts',
        'testing/serve-node': 'src/testing/serve-node.ts',
      },
      formats: ['es'],
    },
    target: 'es2022',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      external: [/^[^./\0]/],
      output: { entryFileNames: '[name].js', chunkFileNames: 'shared/[name].js' },
    },
  },
})
export default config

import { fileURLToPath } from 'node:url'
import { storybookTest } from '@storybook/addon-vitest/vitest-plugin'
import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { chromiumArgs, findChromium } from './scripts/chromium.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A fresh object for each project: Vitest writes to it. */
const inChromium = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  instances: [{ browser: 'chromium' as const }],
  provider: playwright({
    launchOptions: {
      executablePath: findChromium() ?? '/usr/bin/chromium',
      args: chromiumArgs,
    },
  }),
})

/**
 * What opens browsers waits until the rest is done: three browsers beside two busy workers starve one another on a small machine.
 *
 * Tests run against the sources: Node projects resolve by `ssr`, browser-like ones by `resolve`. */
const resolve = { conditions: ['@taskstream/source', ...defaultClientConditions] }
const ssr = { resolve: { conditions: ['@taskstream/source', ...defaultServerConditions] } }
const failOnNoise = at('test/setup/fail-on-noise.ts')

export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['packages/*/src/**'], exclude: ['**/*.test.*', '**/*.test-d.*'] },
    reporters: ['default', at('scripts/plain-summary.ts')],
    projects: [
      {
        resolve,
        ssr,
        test: {
          name: 'core',
          root: at('packages/core'),
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          environment: 'node',
          setupFiles: [failOnNoise],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'react',
          root: at('packages/react'),
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: ['**/*.browser.test.tsx'],
          environment: 'happy-dom',
          setupFiles: [failOnNoise, at('test/setup/react.ts')],
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'outside',
          root: at('test'),
          include: ['**/*.test.ts'],
          exclude: ['browser/**'],
          environment: 'node',
          sequence: { groupOrder: 1 },
          setupFiles: [failOnNoise],
          server: { deps: { inline: ['@inferencesh/sdk'] } },
        },
      },
      {
        resolve,
        ssr,
        test: {
          name: 'pages',
          root: at('test/browser'),
          include: ['**/*.test.ts'],
          environment: 'node',
          setupFiles: [failOnNoise],
          sequence: { groupOrder: 2 },
        },
      },
      {
        resolve,
        // Cases from public suites lie beside the repository, where they are there.
        server: { fs: { allow: [at('.'), at('../shared/fixtures')] } },
        test: {
          name: 'browser',
          root: at('packages/react'),
          include: ['src/**/*.browser.test.tsx'],
          sequence: { groupOrder: 3 },
          setupFiles: [failOnNoise, at('test/setup/browser.ts')],
          browser: inChromium(),
        },
      },
      {
        plugins: [storybookTest({ configDir: at('stories/.storybook') })],
        test: {
          name: 'storybook',
          setupFiles: [failOnNoise],
          sequence: { groupOrder: 4 },
          browser: inChromium(),
        },
      },
    ],
  },
})

import type { StorybookConfig } from '@storybook/react-vite'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, mergeConfig } from 'vite'

const config: StorybookConfig = {
  framework: { name: '@storybook/react-vite', options: { strictMode: true } },
  stories: ['../**/*.mdx', '../**/*.stories.tsx'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y', '@storybook/addon-vitest'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true, enableCrashReports: false },
  typescript: { reactDocgen: 'react-docgen' },
  viteFinal: (vite) =>
    mergeConfig(vite, {
      plugins: [react()],
      // Why named: found late, they would make Vite bundle anew and reload in the middle of a story's test.
      optimizeDeps: { include: ['storybook/theming', '@storybook/addon-docs/blocks'] },
      resolve: { conditions: ['@taskstream/source', ...defaultClientConditions] },
      // Every packed dependency says "use client"; in a page that means nothing.
      build: { rolldownOptions: { checks: { moduleLevelDirective: false } } },
    }),
}
export default config

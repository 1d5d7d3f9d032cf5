import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig, type UserConfig } from 'vite'

/** The demo calls its own origin, as an app behind a proxy does; the proxy here leads to the simulator. */
const config: UserConfig = defineConfig({
  plugins: [react()],
  resolve: { conditions: ['@taskstream/source', ...defaultClientConditions] },
  server: {
    proxy: {
      '/api/inference': {
        // Why: files and pictures lie on an origin of their own, as they do in production.
        changeOrigin: true,
        target: process.env['SIMULATOR_URL'] ?? 'http://127.0.0.1:8787',
        // Why: when the simulator dies, so has every line through here to break; this proxy would hold them open.
        configure: (proxy) => {
          proxy.on('proxyRes', (answer, _request, response) => {
            answer.on('close', () => answer.complete || response.destroy())
          })
        },
        rewrite: (path) => path.replace(/^\/api\/inference/, ''),
      },
    },
  },
})
export default config

import { fileURLToPath } from 'node:url'
import { serveNode, type NodeServer } from '@taskstream/core/testing/node'
import react from '@vitejs/plugin-react'
import { build, defaultClientConditions } from 'vite'

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
}

/** How the page is built: `development` for checks and warnings of React, `production` for what is measured. */
export type PageMode = 'development' | 'production'

/**
 * Builds the page from the sources, and serves it on a port of its own. Every other address there is an empty page.
 */
export async function servePage(mode: PageMode = 'development'): Promise<NodeServer> {
  const files = await buildFiles(mode)
  return serveNode((request) => {
    const { pathname } = new URL(request.url)
    const name = pathname === '/' ? 'index.html' : pathname.slice(1)
    const type = types[name.split('.').at(-1) ?? ''] ?? types['html'] ?? ''
    const body = files.get(name) ?? '<!doctype html><title>elsewhere</title>'
    return Promise.resolve(new Response(body, { headers: { 'content-type': type } }))
  })
}

async function buildFiles(mode: PageMode): Promise<ReadonlyMap<string, string>> {
  const before = process.env['NODE_ENV']
  // Vite and the plugin of React look here, whatever the mode is.
  process.env['NODE_ENV'] = mode
  const built = await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    mode,
    plugins: [react()],
    resolve: { conditions: ['@taskstream/source', ...defaultClientConditions] },
    build: { write: false, minify: false, chunkSizeWarningLimit: 10_000 },
  })
  if (before === undefined) delete process.env['NODE_ENV']
  else process.env['NODE_ENV'] = before
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  return new Map(
    outputs.map((file) => [file.fileName, file.type === 'chunk' ? file.code : String(file.source)]),
  )
}

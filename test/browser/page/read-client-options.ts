import type { ClientOptions } from '@taskstream/core'

/** Options that are numbers, and may stand in the address. */
const numbers = [
  'idleTimeout',
  'retryDelay',
  'pollInterval',
] as const satisfies readonly (keyof ClientOptions)[]

/** The options of the client, as the address of the page says; `api` is where the server is. */
export function readClientOptions(query: URLSearchParams): ClientOptions {
  const given = numbers.filter((name) => query.has(name))
  const resumeMode = query.get('resumeMode')
  return {
    proxyUrl: query.get('api') ?? '/',
    credentials: 'omit',
    shareTabs: query.get('shareTabs') === 'true',
    publish: query.get('publish') === 'sync' ? 'sync' : 'frame',
    whenHidden: query.get('whenHidden') === 'disconnect' ? 'disconnect' : 'keep',
    ...(resumeMode === 'cursor' || resumeMode === 'replay' ? { resumeMode } : {}),
    ...Object.fromEntries(given.map((name) => [name, Number(query.get(name))])),
  }
}

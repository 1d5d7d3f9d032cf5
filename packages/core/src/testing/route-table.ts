/** What a request asks for. `unknown` is every address that the server does not have. */
export type RouteName =
  | 'preflight'
  | 'run'
  | 'list'
  | 'task'
  | 'delete'
  | 'status'
  | 'logs'
  | 'timings'
  | 'telemetry'
  | 'cancel'
  | 'stream'
  | 'visibility'
  | 'feature'
  | 'featured'
  | 'agent-run'
  | 'agent'
  | 'new-chat'
  | 'chat'
  | 'chat-status'
  | 'messages'
  | 'send'
  | 'chat-stream'
  | 'stop'
  | 'cancel-message'
  | 'switch-agent'
  | 'answer-tool'
  | 'approve-tool'
  | 'reject-tool'
  | 'always-allow-options'
  | 'always-allow'
  | 'resolve'
  | 'interrupts'
  | 'sessions'
  | 'session'
  | 'end-session'
  | 'keepalive'
  | 'files'
  | 'upload'
  | 'file'
  | 'asset'
  | 'unknown'

/** A request's route and the variable parts of its path, in order and decoded. */
export interface RouteMatch {
  readonly name: RouteName
  readonly params: readonly string[]
}

// [wire] P§3.2, §3.4, §5.2, §8; `*` is one segment.
const table: readonly (readonly [method: string, pattern: string, name: RouteName])[] = [
  ['POST', '/apps/run', 'run'],
  ['POST', '/run', 'run'],
  ['POST', '/tasks/list', 'list'],
  // Before the tasks themselves: no id is called that.
  ['GET', '/tasks/featured', 'featured'],
  ['GET', '/tasks/*', 'task'],
  ['DELETE', '/tasks/*', 'delete'],
  ['GET', '/tasks/*/status', 'status'],
  ['GET', '/tasks/*/logs', 'logs'],
  ['GET', '/tasks/*/timings', 'timings'],
  ['GET', '/tasks/*/telemetry', 'telemetry'],
  ['POST', '/tasks/*/cancel', 'cancel'],
  ['GET', '/tasks/*/stream', 'stream'],
  ['POST', '/tasks/*/visibility', 'visibility'],
  ['POST', '/tasks/*/featured', 'feature'],
  ['POST', '/agents/run', 'agent-run'],
  ['GET', '/agents/*/*', 'agent'],
  ['POST', '/chats', 'new-chat'],
  ['GET', '/chats/*', 'chat'],
  ['GET', '/chats/*/status', 'chat-status'],
  ['GET', '/chats/*/messages', 'messages'],
  ['POST', '/chats/*/messages', 'send'],
  ['GET', '/chats/*/stream', 'chat-stream'],
  ['POST', '/chats/*/stop', 'stop'],
  ['POST', '/chats/messages/*/cancel', 'cancel-message'],
  ['POST', '/chats/*/agent', 'switch-agent'],
  ['GET', '/chats/*/tools/*/always-allow/options', 'always-allow-options'],
  ['POST', '/chats/*/tools/*/always-allow', 'always-allow'],
  ['POST', '/tools/*', 'answer-tool'],
  ['POST', '/tools/*/invoke', 'approve-tool'],
  ['POST', '/tools/*/reject', 'reject-tool'],
  ['POST', '/interrupts/*/resolve', 'resolve'],
  ['GET', '/agent-runs/*/interrupts', 'interrupts'],
  ['GET', '/sessions', 'sessions'],
  ['GET', '/sessions/*', 'session'],
  ['DELETE', '/sessions/*', 'end-session'],
  ['POST', '/sessions/*/keepalive', 'keepalive'],
  ['POST', '/files', 'files'],
  ['PUT', '/uploads/*', 'upload'],
  ['GET', '/files/*/*', 'file'],
  ['GET', '/assets/*', 'asset'],
]

const compiled = table.map(([method, pattern, name]) => ({
  method,
  name,
  path: new RegExp(`^${pattern.replaceAll('*', '([^/]+)')}$`),
}))

/** Every route, those that no request may have taken too. */
export const routeNames: readonly RouteName[] = [
  ...new Set<RouteName>(['preflight', ...table.map(([, , name]) => name), 'unknown']),
]

/** Finds the route of a request. A leading `/v1` is no part of the path (P§1.1). */
export function matchRoute(method: string, pathname: string): RouteMatch {
  if (method === 'OPTIONS') return { name: 'preflight', params: [] }
  const path = pathname.replace(/^\/v1(?=\/)/, '')
  for (const route of compiled) {
    const found = route.method === method ? route.path.exec(path) : null
    if (found !== null) return { name: route.name, params: found.slice(1).map(decodeSegment) }
  }
  return { name: 'unknown', params: [] }
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

import { expect, it } from 'vitest'
import { matchRoute, routeNames, type RouteMatch } from './route-table.ts'

const cases: readonly (readonly [string, string, RouteMatch['name'], ...string[]])[] = [
  ['OPTIONS', '/anything', 'preflight'],
  ['POST', '/apps/run', 'run'],
  ['POST', '/run', 'run'],
  ['POST', '/v1/apps/run', 'run'],
  ['POST', '/tasks/list', 'list'],
  ['GET', '/tasks/t1', 'task', 't1'],
  ['GET', '/v1/tasks/a%20b', 'task', 'a b'],
  ['GET', '/tasks/%E0%A4%A', 'task', '%E0%A4%A'],
  ['DELETE', '/tasks/t1', 'delete', 't1'],
  ['GET', '/tasks/t1/status', 'status', 't1'],
  ['GET', '/tasks/t1/logs', 'logs', 't1'],
  ['GET', '/tasks/t1/timings', 'timings', 't1'],
  ['GET', '/tasks/t1/telemetry', 'telemetry', 't1'],
  ['POST', '/tasks/t1/cancel', 'cancel', 't1'],
  ['GET', '/tasks/t1/stream', 'stream', 't1'],
  ['POST', '/tasks/t1/visibility', 'visibility', 't1'],
  ['POST', '/tasks/t1/featured', 'feature', 't1'],
  ['GET', '/tasks/featured', 'featured'],
  ['POST', '/agents/run', 'agent-run'],
  ['GET', '/agents/acme/support', 'agent', 'acme', 'support'],
  ['POST', '/chats', 'new-chat'],
  ['GET', '/chats/c1', 'chat', 'c1'],
  ['GET', '/chats/c1/status', 'chat-status', 'c1'],
  ['GET', '/chats/c1/messages', 'messages', 'c1'],
  ['POST', '/chats/c1/messages', 'send', 'c1'],
  ['GET', '/chats/c1/stream', 'chat-stream', 'c1'],
  ['POST', '/chats/c1/stop', 'stop', 'c1'],
  ['POST', '/chats/messages/m1/cancel', 'cancel-message', 'm1'],
  ['POST', '/chats/c1/agent', 'switch-agent', 'c1'],
  ['GET', '/chats/c1/tools/v1/always-allow/options', 'always-allow-options', 'c1', 'v1'],
  ['POST', '/chats/c1/tools/v1/always-allow', 'always-allow', 'c1', 'v1'],
  ['POST', '/tools/v1', 'answer-tool', 'v1'],
  ['POST', '/tools/v1/invoke', 'approve-tool', 'v1'],
  ['POST', '/tools/v1/reject', 'reject-tool', 'v1'],
  ['POST', '/interrupts/i1/resolve', 'resolve', 'i1'],
  ['GET', '/agent-runs/r1/interrupts', 'interrupts', 'r1'],
  ['GET', '/sessions', 'sessions'],
  ['GET', '/sessions/s1', 'session', 's1'],
  ['DELETE', '/sessions/s1', 'end-session', 's1'],
  ['POST', '/sessions/s1/keepalive', 'keepalive', 's1'],
  ['POST', '/files', 'files'],
  ['PUT', '/uploads/f1', 'upload', 'f1'],
  ['GET', '/files/f1/a.png', 'file', 'f1', 'a.png'],
  ['GET', '/assets/image.svg', 'asset', 'image.svg'],
  ['GET', '/apps/run', 'unknown'],
  ['POST', '/tasks/t1', 'unknown'],
  ['GET', '/v1', 'unknown'],
  ['GET', '/v2/tasks/t1', 'unknown'],
  ['GET', '/tasks/t1/stream/', 'unknown'],
]

it.each(cases)('%s %s is %s', (method, path, name, ...params) => {
  expect(matchRoute(method, path)).toEqual({ name, params })
})

it('has a case for every route', () => {
  expect(new Set(cases.map(([, , name]) => name))).toEqual(new Set(routeNames))
})

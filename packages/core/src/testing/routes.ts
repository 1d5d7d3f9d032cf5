import { readAgent, runAgent } from './agent-routes.ts'
import {
  cancelMessage,
  createChat,
  listMessages,
  openChatStream,
  readChat,
  readChatStatus,
  sendMessage,
  stopChat,
  switchAgent,
} from './chat-routes.ts'
import { createFiles, readAssetFile, readFile, uploadFile } from './file-routes.ts'
import { listFeatured, listTasks } from './list-routes.ts'
import type { RouteName } from './route-table.ts'
import { startRun } from './run-route.ts'
import type { Handler } from './server.ts'
import { endSession, keepSession, listSessions, readSession } from './session-routes.ts'
import {
  cancelTask,
  deleteTask,
  readLogs,
  readStatus,
  readTask,
  readTelemetry,
  readTimings,
  setFeatured,
  setVisibility,
  streamTask,
} from './task-routes.ts'
import {
  alwaysAllow,
  answerTool,
  approveTool,
  listInterrupts,
  readAlwaysAllow,
  rejectTool,
  resolveInterrupt,
} from './tool-routes.ts'

/** Who answers each route. */
export const handlers: Readonly<Record<RouteName, Handler>> = {
  preflight: (_call, { responder }) => responder.raw(null, 204, { 'access-control-max-age': '600' }),
  run: startRun,
  list: listTasks,
  task: readTask,
  delete: deleteTask,
  status: readStatus,
  logs: readLogs,
  timings: readTimings,
  telemetry: readTelemetry,
  cancel: cancelTask,
  stream: streamTask,
  visibility: setVisibility,
  feature: setFeatured,
  featured: listFeatured,
  'agent-run': runAgent,
  agent: readAgent,
  'new-chat': createChat,
  chat: readChat,
  'chat-status': readChatStatus,
  messages: listMessages,
  send: sendMessage,
  'chat-stream': openChatStream,
  stop: stopChat,
  'cancel-message': cancelMessage,
  'switch-agent': switchAgent,
  'answer-tool': answerTool,
  'approve-tool': approveTool,
  'reject-tool': rejectTool,
  'always-allow-options': readAlwaysAllow,
  'always-allow': alwaysAllow,
  resolve: resolveInterrupt,
  interrupts: listInterrupts,
  sessions: listSessions,
  session: readSession,
  'end-session': endSession,
  keepalive: keepSession,
  files: createFiles,
  upload: uploadFile,
  file: readFile,
  asset: readAssetFile,
  unknown: ({ request, url }, { responder }) =>
    responder.problem(404, `there is no ${request.method} ${url.pathname}`),
}

/** Routes that need no key: they carry a signature, or nothing that is secret. */
export const openRoutes: ReadonlySet<RouteName> = new Set(['preflight', 'upload', 'file', 'asset', 'unknown'])

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

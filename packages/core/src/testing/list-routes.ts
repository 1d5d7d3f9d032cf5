import type { TaskRun } from './runs.ts'
import { readJsonObject, type Handler, type Server } from './server.ts'

/** `POST /tasks/list`: newest first, in pages (P§1.5). */
export const listTasks: Handler = async ({ request }, server) => {
  const body = await readJsonObject(request)
  if (body === null) return server.responder.problem(400, 'the body must be a JSON object')
  return answerPage(server.runs.all(), body, server)
}

/** `GET /tasks/featured`: those alone, asked for by query (P§1.2, §3.4). */
export const listFeatured: Handler = ({ url }, server) => {
  const featured = server.runs.all().filter(({ isFeatured }) => isFeatured)
  const { cursor, limit } = Object.fromEntries(url.searchParams)
  return answerPage(featured, { cursor, limit: Number(limit) }, server)
}

interface PageRequest {
  readonly cursor?: unknown
  /** Zero values mean the default (P§1.5). */
  readonly limit?: unknown
}

function answerPage(
  oldestFirst: readonly TaskRun[],
  asked: PageRequest,
  { responder, encoder, runs }: Server,
): Response {
  const all = oldestFirst.toReversed()
  const limit = typeof asked.limit === 'number' && asked.limit >= 1 ? Math.trunc(asked.limit) : 50
  const start = readCursor(asked.cursor)
  const end = start + limit
  return responder.ok({
    items: all.slice(start, end).map((run) => encoder.task(run, runs.taskNow(run))),
    next_cursor: end < all.length ? btoa(`from:${end}`) : '',
    prev_cursor: start > 0 ? btoa(`from:${Math.max(0, start - limit)}`) : '',
    has_next: end < all.length,
    has_previous: start > 0,
    items_per_page: limit,
    total_items: all.length,
  })
}

/** Where a page begins; a cursor that is none begins at the start. */
function readCursor(cursor: unknown): number {
  if (typeof cursor !== 'string' || cursor === '') return 0
  try {
    return Number(/^from:(\d+)$/.exec(atob(cursor))?.[1] ?? 0)
  } catch {
    return 0
  }
}

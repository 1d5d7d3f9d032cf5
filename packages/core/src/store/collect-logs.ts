import type { TaskUpdate } from './task-update.ts'

/**
 * Every log line of a run, each once and in order, when it has ended. A task that fails has logs too.
 *
 * @throws {StreamError} when the run could not be started or followed to its end
 * @example const logs = await collectLogs(client.run(config, { stream: true }))
 */
export async function collectLogs(run: AsyncIterable<TaskUpdate>): Promise<string[]> {
  const logs: string[] = []
  for await (const update of run) for (const line of update.logs) logs.push(line)
  return logs
}

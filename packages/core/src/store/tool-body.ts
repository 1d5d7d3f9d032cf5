import { checkArgs } from './check-args.ts'
import type { AnyClientTool } from './client-tool.ts'
import type { Clock } from './clock.ts'
import { onAbort } from './on-abort.ts'
import { answerOf, errorAnswer, messageOf } from './tool-answer.ts'
import { createToolProgress } from './tool-progress.ts'

/** How long a tool may run that does not say it itself, in milliseconds. */
export const defaultToolTimeoutMs = 300_000

/** One run of a tool. */
export interface ToolRun {
  readonly id: string
  readonly args: unknown
  /** Ends it; then there is no answer. */
  readonly signal: AbortSignal
  readonly clock: Clock
  onProgress(progress: unknown): void
}

/** How long `tool` may run, in milliseconds. */
export function timeoutOf(tool: AnyClientTool | null): number {
  return tool?.timeoutMs ?? defaultToolTimeoutMs
}

/**
 * Checks the arguments, runs the tool, and gives its answer as text: also when it fails, or takes too long. Whatever a tool
 * does wrong ends here, so this never rejects.
 *
 * It does not wait for a tool that was told to end: one that does not listen goes on for itself, and nobody hears it.
 *
 * @returns `null` when `signal` was aborted
 */
export async function runTool(tool: AnyClientTool, run: ToolRun): Promise<string | null> {
  const { id, args, signal, clock } = run
  const own = new AbortController()
  const progress = createToolProgress(clock, (told) => run.onProgress(told))
  const end: { stop: () => void; leave: () => void } = { stop: () => {}, leave: () => {} }

  const late = new Promise<string>((resolve) => {
    const limitMs = timeoutOf(tool)
    end.stop = clock.after(limitMs, () => {
      const said = `The tool ${tool.name} did not end within ${limitMs / 1000} s and was stopped.`
      resolve(errorAnswer(`${said} What it began may have taken effect.`))
      own.abort(new DOMException(said, 'TimeoutError'))
    })
  })
  const ended = new Promise<null>((resolve) => {
    const stop = (): void => {
      resolve(null)
      own.abort(signal.reason)
    }
    if (signal.aborted) stop()
    else end.leave = onAbort(signal, stop)
  })
  const body = async (): Promise<string | null> => {
    try {
      const checked = await checkArgs(tool, args)
      if (own.signal.aborted) return null
      if (!checked.ok) return wrongArgs(tool.name, checked.message)
      const submitProgress = (told: unknown): void => progress.submit(told)
      return answerOf(await tool.run(checked.value, { id, signal: own.signal, submitProgress }))
    } catch (thrown) {
      return errorAnswer(messageOf(thrown))
    }
  }

  const answer = await Promise.race([ended, late, body()])
  end.stop()
  end.leave()
  const given = signal.aborted ? null : answer
  progress.end(given !== null)
  return given
}

function wrongArgs(name: string, issues: string): string {
  return errorAnswer(
    `The arguments do not fit the tool ${name}, so it was not run. Correct them and call it again.`,
    { issues },
  )
}

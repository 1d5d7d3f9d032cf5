import { httpSource, type HttpEnv } from '../../source/http.ts'
import type { Source } from '../../source/source.ts'
import type { Frame } from '../../wire/frame.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { askBody } from './ask-body.ts'
import { RESOURCE_EVENT } from './decode-frames.ts'
import { inferenceRequests, taskStream } from './requests.ts'
import { resumed } from './resumed.ts'

/** One attempt to follow a task by its stream, beginning as the server allows it, see {@link resumed}. */
export function connectTask(id: string, env: HttpEnv, resume: ResumeMode): Source {
  return resumed(httpSource(taskStream(id), env), askTask(id, env), { clock: env.clock, resume })
}

/** The task itself as a frame, once. */
export function askTask(id: string, env: HttpEnv): (signal: AbortSignal) => Promise<Frame> {
  return async (signal) => {
    const data = await askBody(inferenceRequests.task(id), env, signal)
    return { type: 'message', event: RESOURCE_EVENT, id: null, data }
  }
}

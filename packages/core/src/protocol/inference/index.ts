import type { Protocol } from '../protocol.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { referenceStatusCodes, type StatusCodes } from '../task-status.ts'
import { inferenceAgents } from './agents.ts'
import { askTask, connectTask } from './connect.ts'
import { createTaskDecoder } from './decode-task.ts'
import {
  readLogsAnswer,
  readStatusAnswer,
  readTaskAnswer,
  readTimingsAnswer,
  readUploadAnswer,
} from './read-answers.ts'
import { readErrorAnswer } from './read-error.ts'
import { readTaskEvents } from './read-task.ts'
import { inferenceRequests } from './requests.ts'
import { tellsNews } from './tells-news.ts'

/** Options of {@link inferenceProtocol}. */
export interface InferenceOptions {
  /**
   * What the numbers of statuses mean: `referenceStatusCodes` (the default; 8 is uploading) or `liveStatusCodes` (8 is
   * cancelling). A name that the server sends beside the number wins over either.
   */
  readonly statusCodes?: StatusCodes
  /** How the server lets a client come back to a stream that broke; default `auto`. See {@link ResumeMode}. */
  readonly resume?: ResumeMode
  /** Epoch milliseconds, for a `Retry-After` that is a date; default the system's. */
  readonly now?: () => number
}

/** The inference.sh dialect: both that of the streaming reference and that of the live service (P§0a). */
export function inferenceProtocol(options: InferenceOptions = {}): Protocol {
  const { statusCodes: codes = referenceStatusCodes, resume = 'auto', now = Date.now } = options
  const readError = (response: Response): ReturnType<Protocol['readError']> =>
    readErrorAnswer(response, now())
  return {
    name: 'inference',
    requests: inferenceRequests,
    connectTask: (id, env) => connectTask(id, { ...env, readError }, resume),
    askTask: (id, env) => askTask(id, { ...env, readError }),
    tellsNews: (before, after) => tellsNews(before, after, codes),
    decodeTask: () => createTaskDecoder(codes, resume),
    readTask: (body) =>
      readTaskEvents(readTaskAnswer(body), { named: null, full: true, origin: 'resource', codes }),
    readStatus: (body) => readStatusAnswer(body, codes),
    readLogs: (body) => readLogsAnswer(body, codes),
    readTimings: (body) => readTimingsAnswer(body, codes),
    readUploadTarget: readUploadAnswer,
    readError,
    agents: inferenceAgents({ resume, readError }),
  }
}

import type { Simulator } from '@taskstream/core/testing'

/** What a server has to do at a time, at the most. */
export interface Traffic {
  /** Most streams that were open at a time. */
  readonly mostStreams: number
  /** Most requests beside them that waited for their answer at a time. */
  readonly mostQuestions: number
  /** Begins to count anew, from now. */
  forget(): void
}

/** The simulator, and what it has to do. */
export function watchTraffic(simulator: Simulator): {
  readonly traffic: Traffic
  readonly handler: (request: Request) => Promise<Response>
} {
  let [streams, questions, mostStreams, mostQuestions] = [0, 0, 0, 0]
  const handler = async (request: Request): Promise<Response> => {
    const isStream = new URL(request.url).pathname.endsWith('/stream')
    if (!isStream) mostQuestions = Math.max(mostQuestions, ++questions)
    try {
      return await simulator(request)
    } finally {
      streams = simulator.counters.openStreams
      mostStreams = Math.max(mostStreams, streams)
      if (!isStream) questions--
    }
  }
  return {
    traffic: {
      get mostStreams() {
        return mostStreams
      },
      get mostQuestions() {
        return mostQuestions
      },
      forget() {
        mostStreams = simulator.counters.openStreams
        mostQuestions = questions
      },
    },
    handler,
  }
}

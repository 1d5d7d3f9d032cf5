import { createClient, type Client, type ClientOptions, type RunConfig } from '@taskstream/core'
import {
  createManualClock,
  createSimulator,
  taskScript,
  type ManualClock,
  type Simulator,
  type SimulatorOptions,
} from '@taskstream/core/testing'
import { notifyManager, type QueryClient } from '@tanstack/react-query'
import { act } from '@testing-library/react'
import type { JSX, ReactNode } from 'react'
import { TaskstreamProvider } from '../src/provider.tsx'

// TanStack Query tells its observers by a timer of the system, which the clock of a test does not move.
notifyManager.setScheduler((tell) => queueMicrotask(tell))

/** Address of the simulated server. */
export const API = 'https://api.test'

/** A config that every simulated app takes. */
export const config: RunConfig = { app: 'acme/flux', input: { prompt: 'a fox', size: 512 } }

/** What outlives a page: a storage in memory. */
export interface MemoryStorage {
  readonly entries: Map<string, string>
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** A server, the clock that it goes by, and pages that talk to it. */
export interface HookWorld {
  readonly clock: ManualClock
  readonly server: Simulator
  readonly storage: MemoryStorage
  /** The client of the first page. */
  readonly client: Client
  /** The provider of the first page. */
  readonly Page: (props: { readonly children?: ReactNode }) => JSX.Element
  /** Another page of the same tab, as after a reload. */
  openPage(
    options?: ClientOptions & { readonly queryClient?: QueryClient },
  ): Pick<HookWorld, 'client' | 'Page'>
  /** Moves the clock, and lets React show what comes of it. */
  advance(ms: number): Promise<void>
  /** Starts a task behind the client's back and answers its id. */
  startElsewhere(app?: string): Promise<string>
  /** Bodies of streams that are open. */
  openBodies(): number
}

/** A world whose tasks take a step every 10 ms and end after 130; what is published is seen at once. */
export function createHookWorld(
  serverOptions: SimulatorOptions = {},
  clientOptions: ClientOptions & { readonly queryClient?: QueryClient } = {},
): HookWorld {
  const clock = createManualClock()
  const server = createSimulator({ script: taskScript.usual({ stepMs: 10 }), clock, ...serverOptions })
  const storage = createMemoryStorage()
  const toolStorage = createMemoryStorage()
  const openPage: HookWorld['openPage'] = ({ queryClient, ...options } = clientOptions) => {
    const client = createClient({
      baseUrl: API,
      fetch: server,
      clock,
      publish: 'sync',
      resumeStorage: storage,
      toolStorage,
      ...options,
    })
    return {
      client,
      Page: ({ children }) => (
        <TaskstreamProvider client={client} {...(queryClient === undefined ? {} : { queryClient })}>
          {children}
        </TaskstreamProvider>
      ),
    }
  }
  return {
    ...openPage(),
    clock,
    server,
    storage,
    openPage,
    async advance(ms) {
      // React renders when `act` ends: what a render opens is given its turn before and after time moves.
      for (const step of [0, 0, ms, 0]) await act(() => clock.advance(step))
    },
    async startElsewhere(app = 'acme/flux') {
      const body = JSON.stringify({ app, input: {} })
      const answer = await server(`${API}/apps/run`, { method: 'POST', body })
      const { data } = JSON.parse(await answer.text()) as { readonly data: { readonly id: string } }
      return data.id
    },
    openBodies: () => server.counters.openStreams,
  }
}

/** A storage that forgets with the test. */
export function createMemoryStorage(): MemoryStorage {
  const entries = new Map<string, string>()
  return {
    entries,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  }
}

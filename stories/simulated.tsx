import { createClient, systemClock, type Client, type ClientOptions, type Clock } from '@taskstream/core'
import {
  createSimulator,
  taskScript,
  type ScriptChoice,
  type Simulator,
  type SimulatorOptions,
} from '@taskstream/core/testing'
import { TaskstreamProvider } from '@taskstream/react'
import type { Decorator } from '@storybook/react-vite'
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from 'react'

/** A simulated server in which every app does the same. */
export interface OneScript extends Omit<SimulatorOptions, 'script' | 'clock'> {
  readonly script?: ScriptChoice
}

/** A server in the page, and how it is reached. */
export interface SimulatedOptions {
  /** A function where a world needs options of its own, such as a script that counts. */
  readonly simulator?: OneScript | (() => OneScript)
  readonly client?: Omit<ClientOptions, 'fetch'>
  /** Milliseconds since which a task is on its way when it is started; default 0. */
  readonly startedAgoMs?: number
}

interface World {
  readonly simulator: Simulator
  readonly client: Client
  close(): void
}

/** Where the simulated server stands; no request leaves the page. */
export const serverUrl = 'https://simulator.example'

const SimulatorContext = createContext<Simulator | null>(null)
const simulators = new WeakMap<Element, Simulator>()

/** A client with a simulated server of its own, once per mount, for everything inside. */
export function Simulated({ children, ...options }: SimulatedOptions & { readonly children: ReactNode }) {
  const [world] = useState(() => createWorld(options))
  const closing = useRef<ReturnType<typeof setTimeout> | null>(null)
  useEffect(() => {
    if (closing.current !== null) clearTimeout(closing.current)
    // Why later: strict mode unmounts and mounts again at once, and a closed world does not open again.
    return () => void (closing.current = setTimeout(() => world.close()))
  }, [world])
  const register = (element: HTMLDivElement | null): void => {
    if (element !== null) simulators.set(element, world.simulator)
  }
  return (
    <SimulatorContext.Provider value={world.simulator}>
      <TaskstreamProvider client={world.client}>
        <div ref={register} data-simulated="">
          {children}
        </div>
      </TaskstreamProvider>
    </SimulatorContext.Provider>
  )
}

/** {@link Simulated} as a decorator. */
export function simulated(options: SimulatedOptions = {}): Decorator {
  return (Story) => (
    <Simulated {...options}>
      <Story />
    </Simulated>
  )
}

/** The server of the story around. */
export function useSimulator(): Simulator {
  const simulator = useContext(SimulatorContext)
  if (simulator === null) throw new Error('There is no server here. Put the story into <Simulated>.')
  return simulator
}

/** The server of the story that is shown in `canvasElement`. */
export function simulatorOf(canvasElement: HTMLElement): Simulator {
  const element = canvasElement.querySelector('[data-simulated]')
  const simulator = element === null ? undefined : simulators.get(element)
  if (simulator === undefined) throw new Error('This story has no server. Give it the decorator simulated().')
  return simulator
}

/** Starts a task as another program would, so that the client of the story knows nothing of it; its id. */
export async function startElsewhere(simulator: Simulator, app: string): Promise<string> {
  const body = JSON.stringify({ app, input: { prompt: 'A sunset timelapse' } })
  const answer = await simulator(`${serverUrl}/apps/run`, { method: 'POST', body })
  const { data } = (await answer.json()) as { readonly data: { readonly id: string } }
  return data.id
}

/**
 * A clock on which no timer longer than `limitMs` milliseconds rings: what would follow does not come, and a story stays
 * where it is.
 */
export function patientClock(limitMs: number): Clock {
  return {
    ...systemClock,
    after: (delayMs, run) => (delayMs > limitMs ? () => {} : systemClock.after(delayMs, run)),
  }
}

function createWorld({
  simulator: given = {},
  client: options = {},
  startedAgoMs = 0,
}: SimulatedOptions): World {
  const chosen = typeof given === 'function' ? given() : given
  const past = createPast(startedAgoMs)
  const simulator = createSimulator({
    assetsAs: 'data',
    clock: past.clock,
    ...chosen,
    script: past.begin(chosen.script ?? taskScript.usual()),
  })
  const client = createClient({
    baseUrl: serverUrl,
    resumeStorage: null,
    // Each story has a server of its own, whose ids mean something else.
    toolStorage: null,
    ...options,
    fetch: simulator,
  })
  return {
    simulator,
    client,
    close() {
      client.close()
      simulator.close()
    },
  }
}

/** A clock that says `agoMs` milliseconds ago when a server looks at it right after it has chosen a script. */
function createPast(agoMs: number): {
  readonly clock: Clock
  readonly begin: (script: ScriptChoice) => ScriptChoice
} {
  let isBeginning = false
  return {
    clock: {
      ...systemClock,
      now() {
        const nowMs = systemClock.now() - (isBeginning ? agoMs : 0)
        isBeginning = false
        return nowMs
      },
    },
    begin: (script) => (body) => {
      isBeginning = true
      return typeof script === 'function' ? script(body) : script
    },
  }
}

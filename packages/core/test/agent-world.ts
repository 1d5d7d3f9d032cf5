import type { ClientOptions } from '../src/store/client-options.ts'
import { agentScript, type AgentScripts } from '../src/testing/agent-script-builders.ts'
import type { AgentScript } from '../src/testing/agent-script.ts'
import type { SimulatorOptions } from '../src/testing/simulator-options.ts'
import { createWorld, type World } from './world.ts'

/** A world with agents; its `drive` may be taken out of it. */
export interface AgentWorld extends Omit<World, 'drive'> {
  readonly drive: <T>(work: Promise<T>) => Promise<T>
}

/** A world whose agents do what `script` says. */
export function createAgentWorld(
  script: (make: AgentScripts) => AgentScript,
  options: SimulatorOptions = {},
  clientOptions: ClientOptions = {},
): AgentWorld {
  const world = createWorld({ agents: script(agentScript), ...options }, clientOptions)
  return { ...world, drive: (work) => world.drive(work) }
}

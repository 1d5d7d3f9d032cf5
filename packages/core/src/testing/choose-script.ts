import type { AgentScript } from './agent-script.ts'
import { agentScript } from './agent-script-builders.ts'
import type { TaskScript } from './script.ts'
import type {
  RunBody,
  ScriptChoice,
  ScriptsByAgent,
  ScriptsByApp,
  SimulatorOptions,
} from './simulator-options.ts'
import { taskScript } from './task-script.ts'

// [wire] P§3.2: `[type/]namespace/name[@version][:function]`.
const APP = /^(?:(?:app|agent|skill|knowledge)\/)?([\w.-]+\/[\w.-]+)(?:@[\w.-]+)?(?::[\w.-]+)?$/

/** `namespace/name` of a reference to an app, or `null` when it is none. */
export function readAppName(reference: string): string | null {
  return APP.exec(reference)?.[1] ?? null
}

/** The script for a run; `null` when scripts are chosen by app and there is none for this one. */
export function chooseScript(option: SimulatorOptions['script'], body: RunBody): TaskScript | null {
  if (option === undefined) return taskScript.usual()
  const choice = isChoice(option) ? option : findByApp(option, body)
  if (choice === null) return null
  return typeof choice === 'function' ? choice(body) : choice
}

/** The script of an agent; `null` when scripts are chosen by name and there is none for this one. */
export function chooseAgentScript(option: SimulatorOptions['agents'], agent: string): AgentScript | null {
  if (option === undefined) return agentScript.echo()
  return isAgentScript(option) ? option : findByName(option, agent)
}

function isAgentScript(option: AgentScript | ScriptsByAgent): option is AgentScript {
  return typeof option === 'function' || Array.isArray(option)
}

function isChoice(option: ScriptChoice | ScriptsByApp): option is ScriptChoice {
  return typeof option === 'function' || Array.isArray(option)
}

function findByApp(scripts: ScriptsByApp, body: RunBody): ScriptChoice | null {
  const named = typeof body.app === 'string' ? readAppName(body.app) : body.app_id
  return typeof named === 'string' ? findByName(scripts, named) : null
}

function findByName<T>(byName: Readonly<Record<string, T>>, name: string): T | null {
  if (Object.hasOwn(byName, name)) return byName[name] ?? null
  const found = Object.entries(byName).find(([pattern]) => pattern.includes('*') && fits(pattern, name))
  return found?.[1] ?? null
}

function fits(pattern: string, name: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}$`).test(name)
}

import type { TaskScript } from './script.ts'
import type { RunBody, ScriptChoice, ScriptsByApp, SimulatorOptions } from './simulator-options.ts'
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

function isChoice(option: ScriptChoice | ScriptsByApp): option is ScriptChoice {
  return typeof option === 'function' || Array.isArray(option)
}

function findByApp(scripts: ScriptsByApp, body: RunBody): ScriptChoice | null {
  const named = typeof body.app === 'string' ? readAppName(body.app) : body.app_id
  if (typeof named !== 'string') return null
  if (Object.hasOwn(scripts, named)) return scripts[named] ?? null
  const found = Object.entries(scripts).find(([pattern]) => pattern.includes('*') && fits(pattern, named))
  return found?.[1] ?? null
}

function fits(pattern: string, name: string): boolean {
  const source = pattern
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*')
  return new RegExp(`^${source}$`).test(name)
}

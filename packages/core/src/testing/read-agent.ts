import { chooseAgentScript, readAppName } from './choose-script.ts'
import type { Server } from './server.ts'

/** An agent that a request names or describes. */
export interface NamedAgent {
  /** `namespace/name`; the name of one that is described in place, or the empty string. */
  readonly agent: string
  /** As sent, where it is described in place. */
  readonly config: Readonly<Record<string, unknown>> | null
}

interface AgentBody {
  readonly agent?: unknown
  readonly agent_config?: unknown
  readonly agent_name?: unknown
}

/** The agent that a body asks for; a refusal when it asks for none, or for one that there is not (P§5.1). */
export function agentOf(
  body: AgentBody,
  server: Pick<Server, 'agents' | 'responder'>,
): NamedAgent | Response {
  const { responder } = server
  const { agent: ref, agent_config: config = null, agent_name: agentName } = body
  if (config !== null) {
    if (!isRecord(config)) return responder.problem(400, 'agent_config must be an object')
    const { core_app: coreApp = null, name } = config
    if (coreApp !== null && !isRecord(coreApp)) return responder.problem(400, 'core_app must be an object')
    const said = [agentName, name].find((one) => typeof one === 'string' && one !== '')
    return known({ agent: typeof said === 'string' ? said : '', config }, server)
  }
  const agent = typeof ref === 'string' ? readAppName(ref) : null
  if (agent === null) {
    return responder.problem(400, 'agent must have the form namespace/name, or agent_config describe one')
  }
  return known({ agent, config: null }, server)
}

function known(
  agent: NamedAgent,
  { agents, responder }: Pick<Server, 'agents' | 'responder'>,
): NamedAgent | Response {
  return chooseAgentScript(agents, agent.agent) === null ? responder.problem(404, 'agent not found') : agent
}

/** The context of a chat, `{}` where none was sent; `null` when it is something else than strings by name. */
export function contextOf(context: unknown): Readonly<Record<string, string>> | null {
  if (context === undefined || context === null) return {}
  return isRecord(context) && isStrings(context) ? context : null
}

/** A refusal when the agent needs to know something that the context does not tell (P§5.4); `null` when all is there. */
export function missingContext(
  { agent, config }: NamedAgent,
  context: Readonly<Record<string, string>>,
  { settings, responder }: Pick<Server, 'settings' | 'responder'>,
): Response | null {
  const rows = Array.isArray(config?.['context']) ? config['context'].filter(isRecord) : []
  const described = rows.filter((row) => row.required === true && typeof row.default !== 'string')
  const needed = [
    ...described.map(({ name }) => name),
    ...(settings.agentCards[agent]?.requiredContext ?? []),
  ]
  const missing = needed
    .filter((name) => typeof name === 'string')
    .find((name) => !Object.hasOwn(context, name))
  return missing === undefined
    ? null
    : responder.problem(400, `the context lacks ${missing}, which is required`)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isStrings(record: Readonly<Record<string, unknown>>): record is Readonly<Record<string, string>> {
  return Object.values(record).every((value) => typeof value === 'string')
}

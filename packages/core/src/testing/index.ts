/**
 * A simulated server, a clock that tests move, and the lives of tasks as data: for tests, stories and demos.
 *
 * @example
 * test('the app keeps its log though the line breaks', async () => {
 *   const clock = createManualClock()
 *   const script = taskScript.usual({ logs: ['loading', 'drawing'], output: 'a fox' })
 *   const server = createSimulator({ clock, script, faults: [fault.cutAfterEvents(4, { on: 'stream' })] })
 *   const client = createClient({ fetch: server, clock, publish: 'sync', resumeStorage: null })
 *   const run = client.run({ app: 'acme/flux', input: { prompt: 'a fox' } })
 *   await clock.advance(60_000)
 *   expect(await run).toMatchObject({ status: 'completed', logs: ['loading', 'drawing'], output: 'a fox' })
 *   expect(server.counters).toMatchObject({ runs: 1, streamsOpened: 2, openStreams: 0 })
 * })
 */

// The server.
export { createSimulator, type Simulator } from './simulator.ts'
export type {
  AgentCard,
  Noise,
  RunBody,
  ScriptChoice,
  ScriptsByAgent,
  ScriptsByApp,
  SimulatorDialect,
  SimulatorOptions,
} from './simulator-options.ts'
export type { EventIdStyle } from './event-ids.ts'
export type { SimulatorCounters } from './counters.ts'
export type { LoggedHeader, LoggedRequest } from './request-log.ts'
export type { RouteName } from './route-table.ts'

// What tasks do.
export { taskAt, type ScriptedTask, type ScriptProgress, type ScriptStatus } from './script.ts'
export type { TaskChange, TaskScript, TaskStep } from './script.ts'
export { taskScript, type TaskScripts } from './task-script.ts'
export type { EndlessOptions, FailsOptions, UsualOptions } from './task-script.ts'
export type { ChattyOptions, DeltaOptions } from './task-script-flows.ts'
export { asset, type AssetName } from './assets.ts'
export { demoApps } from './demo-apps.ts'
export { demoAgentCards, demoAgents } from './demo-agents.ts'

// What agents do.
export { agentScript, type AgentScripts } from './agent-script-builders.ts'
export type {
  AgentFailsOptions,
  AgentPlanOptions,
  AgentStructuredOptions,
  AgentUsualOptions,
} from './agent-script-builders.ts'
export type {
  AgentApprovalOptions,
  AgentInputOptions,
  AgentToolOptions,
  InputRequests,
  ServerToolOptions,
  SubAgentOptions,
  WidgetOptions,
} from './agent-script-tools.ts'
export { createTurnPen, type AgentPace, type TurnPen } from './turn-pen.ts'
export type {
  AgentAct,
  AgentRequest,
  AgentScript,
  AgentStep,
  AgentTurn,
  ScriptAnswer,
  ScriptedPlanStep,
  ScriptedRow,
  ScriptedTool,
  ScriptToolKind,
  ScriptToolStatus,
} from './agent-script.ts'

// What goes wrong.
export { fault, type FaultBuilder, type FaultBuilderOf, type FaultBuilders } from './faults.ts'
export type { FaultBuilderWith } from './faults.ts'
export type {
  AnswerFault,
  BodyFault,
  CutHow,
  Fault,
  FaultAim,
  OrderFault,
  Refusal,
  SplitAt,
  StreamAim,
  StreamFault,
  TaskFault,
  TransportAim,
  TransportFault,
  TransportRequest,
} from './fault-kinds.ts'
export { withFaults, type FaultyTransport, type FaultyTransportOptions } from './with-faults.ts'
export type { FetchLike, SentRequest } from './with-faults.ts'
export type { ProblemWire } from '../protocol/inference/wire-types.ts'

// Time.
export { createManualClock, type ManualClock } from './manual-clock.ts'

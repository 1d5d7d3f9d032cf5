/** The public names of every entry. A name that comes, goes or changes its kind is a decision: change the list too. */
import { readFileSync } from 'node:fs'
import * as core from '@taskstream/core'
import * as testing from '@taskstream/core/testing'
import * as testingNode from '@taskstream/core/testing/node'
import * as react from '@taskstream/react'
import * as taskProgress from '@taskstream/react/task-progress'
import { describe, expect, test } from 'vitest'

interface Entry {
  readonly module: object
  /** From the repository's root. */
  readonly source: string
  readonly values: readonly string[]
  readonly types: readonly string[]
}

const entries: Readonly<Record<string, Entry>> = {
  '@taskstream/core': {
    module: core,
    source: 'packages/core/src/index.ts',
    values: [
      'StreamError',
      'StreamProcessor',
      'TaskCancelledError',
      'TaskFailedError',
      'TaskTimeoutError',
      'collectLogs',
      'createClient',
      'describeOutput',
      'fileNameOf',
      'hydrateTask',
      'inferenceProtocol',
      'initialView',
      'isStreamError',
      'isTerminalStatus',
      'liveStatusCodes',
      'newLines',
      'phaseOf',
      'referenceStatusCodes',
      'runKey',
      'safeUrl',
      'selectElapsedMs',
      'selectError',
      'selectEtaMs',
      'selectPhase',
      'selectStages',
      'selectStatus',
      'shownOutput',
      'shownStatus',
      'stageNames',
      'systemClock',
      'taskStatuses',
      'toTask',
    ],
    types: [
      'CallOptions',
      'CancelOptions',
      'Client',
      'ClientOptions',
      'Clock',
      'ConnectionInfo',
      'FileKind',
      'FilePiece',
      'JsonPiece',
      'Lifetimes',
      'LineOptions',
      'LiveStore',
      'LogLines',
      'OutputPiece',
      'Progress',
      'Protocol',
      'Requirement',
      'ResumeMode',
      'ResumeStorage',
      'RunConfig',
      'RunFollowOptions',
      'RunFollower',
      'RunKey',
      'RunOptions',
      'Schedule',
      'SharedRunOptions',
      'StageName',
      'StatusChange',
      'StatusCodes',
      'StreamErrorCode',
      'StreamErrorDetails',
      'Submission',
      'Surroundings',
      'SurroundingsSignal',
      'Task',
      'TaskCalls',
      'TaskFollower',
      'TaskListItem',
      'TaskObserver',
      'TaskPhase',
      'TaskRun',
      'TaskStage',
      'TaskState',
      'TaskStatus',
      'TaskStatusReport',
      'TaskTimings',
      'TaskUpdate',
      'TaskView',
      'TextPiece',
      'UploadProgress',
      'UrlUse',
      'WatchOptions',
    ],
  },
  '@taskstream/core/testing': {
    module: testing,
    source: 'packages/core/src/testing/index.ts',
    values: [
      'asset',
      'createManualClock',
      'createSimulator',
      'demoApps',
      'fault',
      'taskAt',
      'taskScript',
      'withFaults',
    ],
    types: [
      'AnswerFault',
      'AssetName',
      'BodyFault',
      'ChattyOptions',
      'CutHow',
      'DeltaOptions',
      'EndlessOptions',
      'EventIdStyle',
      'FailsOptions',
      'Fault',
      'FaultAim',
      'FaultBuilder',
      'FaultBuilderOf',
      'FaultBuilderWith',
      'FaultBuilders',
      'FaultyTransport',
      'FaultyTransportOptions',
      'FetchLike',
      'LoggedHeader',
      'LoggedRequest',
      'ManualClock',
      'Noise',
      'OrderFault',
      'ProblemWire',
      'Refusal',
      'RouteName',
      'RunBody',
      'ScriptChoice',
      'ScriptProgress',
      'ScriptStatus',
      'ScriptedTask',
      'ScriptsByApp',
      'SentRequest',
      'Simulator',
      'SimulatorCounters',
      'SimulatorDialect',
      'SimulatorOptions',
      'SplitAt',
      'StreamAim',
      'StreamFault',
      'TaskChange',
      'TaskFault',
      'TaskScript',
      'TaskScripts',
      'TaskStep',
      'TransportAim',
      'TransportFault',
      'TransportRequest',
      'UsualOptions',
    ],
  },
  '@taskstream/core/testing/node': {
    module: testingNode,
    source: 'packages/core/src/testing/serve-node.ts',
    values: ['serveNode'],
    types: ['NodeServer', 'ServeNodeOptions'],
  },
  '@taskstream/react': {
    module: react,
    source: 'packages/react/src/index.ts',
    values: [
      'TaskProgress',
      'TaskstreamProvider',
      'connectQueryClient',
      'englishLabels',
      'taskKeys',
      'taskQueryOptions',
      'useClient',
      'useTask',
      'useTaskStream',
      'useTaskStreams',
      'useTaskValue',
      'useTasks',
    ],
    types: [
      'GroupedTask',
      'IsEqual',
      'ListedTask',
      'Part',
      'PartProps',
      'RenderProps',
      'TaskActions',
      'TaskCallbacks',
      'TaskInfo',
      'TaskKeys',
      'TaskProgressLabels',
      'TaskProgressProps',
      'TaskQueryOptions',
      'TaskResult',
      'TaskStreamOptions',
      'TaskStreamResult',
      'TaskStreamsOptions',
      'TaskStreamsResult',
      'TaskstreamProviderProps',
      'Throttle',
      'UseTaskOptions',
      'UseTasksOptions',
    ],
  },
  '@taskstream/react/task-progress': {
    module: taskProgress,
    source: 'packages/react/src/task-progress/index.ts',
    values: [
      'Bar',
      'Cancel',
      'Connection',
      'Elapsed',
      'Error',
      'Eta',
      'Indicator',
      'Label',
      'Logs',
      'Output',
      'PartialOutput',
      'Percent',
      'Retry',
      'Root',
      'Stage',
      'Stages',
      'Status',
      'Track',
    ],
    types: [
      'BarProps',
      'CancelProps',
      'ConnectionProps',
      'ElapsedProps',
      'ErrorProps',
      'EtaProps',
      'IndicatorProps',
      'LabelProps',
      'LogsProps',
      'OutputProps',
      'PartialOutputProps',
      'PercentProps',
      'RenderPiece',
      'RetryProps',
      'RootProps',
      'ShownTask',
      'SomeTaskProgressLabels',
      'StageProps',
      'StageState',
      'StagesProps',
      'StatusProps',
      'TaskProgressState',
      'TrackProps',
    ],
  },
}

describe.each(Object.entries(entries))('%s', (_name, { module, source, values, types }) => {
  test('exports these values', () => {
    expect(Object.keys(module).toSorted()).toEqual(values)
  })

  test('exports these types', () => {
    const text = readFileSync(new URL(`../${source}`, import.meta.url), 'utf8')
    expect(typesOf(text, Object.keys(module))).toEqual(types)
  })
})

test('every entry that a package offers is listed', () => {
  const offered = ['core', 'react'].flatMap((name) => {
    const text = readFileSync(new URL(`../packages/${name}/package.json`, import.meta.url), 'utf8')
    const { exports } = JSON.parse(text) as { readonly exports: Readonly<Record<string, unknown>> }
    return Object.keys(exports)
      .filter((path) => !/\.(json|css)$/.test(path))
      .map((path) => `@taskstream/${name}${path.slice(1)}`)
  })
  expect(Object.keys(entries).toSorted()).toEqual(offered.toSorted())
})

test('types are told apart from values and comments, and are listed by their public names', () => {
  const text = `
    // export type { Hidden } from './hidden.ts'
    export { make, type Made, type Inner as Outer } from './make.ts'
    export type {
      First,
      Second,
    } from './types.ts'
    export interface Shape<T> extends First {}
    export type Union = 'a' | 'b'
    export async function make(): Promise<void> {}
    export const value: Shape<string> = 1`
  expect(typesOf(text, ['make', 'value'])).toEqual(['First', 'Made', 'Outer', 'Second', 'Shape', 'Union'])
})

/** Names that `text` exports and that are no values. An entry that exports with a star cannot be read so. */
function typesOf(text: string, values: readonly string[]): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  expect(code).not.toMatch(/export\s*\*/)
  const listed = [...code.matchAll(/export\s+(?:type\s+)?\{([^}]*)\}/g)]
    .flatMap(([, list = '']) => list.split(','))
    .map((item) => item.trim().replace(/^.*\bas\s+|^type\s+/, ''))
  const declared = [...code.matchAll(/export\s+(?:interface|type)\s+(\w+)/g)].map(([, name = '']) => name)
  return [...listed, ...declared].filter((name) => name !== '' && !values.includes(name)).toSorted()
}

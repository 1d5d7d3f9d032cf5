export { TaskstreamProvider, useClient, type TaskstreamProviderProps } from './provider.tsx'
export { useTaskStream, type TaskStreamOptions, type TaskStreamResult } from './use-task-stream.ts'
export {
  useTaskStreams,
  type GroupedTask,
  type TaskStreamsOptions,
  type TaskStreamsResult,
} from './use-task-streams.ts'
export { useTask, type TaskResult, type UseTaskOptions } from './use-task.ts'
export { useTasks, type ListedTask, type UseTasksOptions } from './use-tasks.ts'
export { useTaskValue } from './use-task-value.ts'
export { useAgent, type AgentActions, type AgentResult, type UseAgentOptions } from './use-agent.ts'
export {
  ChatScope,
  useAgentMessage,
  useAgentMessageIds,
  useAgentValue,
  type ChatScopeProps,
} from './chat-scope.tsx'
export { useAgentInfo } from './use-agent-info.ts'
export type { ChatInfo } from './chat-info.ts'
export type { AgentCallbacks } from './agent-callbacks.ts'
export type { TaskActions, TaskInfo } from './task-info.ts'
export type { TaskCallbacks } from './task-callbacks.ts'
export type { Throttle } from './throttle-store.ts'
export type { IsEqual } from './use-live.ts'
export { taskKeys, type TaskKeys } from './query/task-keys.ts'
export { taskQueryOptions, type TaskQueryOptions } from './query/task-query-options.ts'
export { connectQueryClient } from './query/connect-query-client.ts'
export { TaskProgress, type TaskProgressProps } from './task-progress/task-progress.tsx'
export { englishLabels, type TaskProgressLabels } from './task-progress/labels.ts'
export {
  AgentChat,
  type AgentChatLayout,
  type AgentChatProps,
  type AgentChatSlots,
} from './agent-chat/agent-chat.tsx'
export { englishChatLabels } from './agent-chat/english-labels.ts'
export type { Part, PartProps, RenderProps } from './element.tsx'

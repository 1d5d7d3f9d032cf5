// For applications.
export {
  createClient,
  type CallOptions,
  type Client,
  type RunOptions,
  type TaskCalls,
} from './store/client.ts'
export type { ClientOptions, LineOptions } from './store/client-options.ts'
export { StreamError, isStreamError } from './errors.ts'
export type { Requirement, StreamErrorCode, StreamErrorDetails } from './errors.ts'
export { TaskCancelledError, TaskFailedError, TaskTimeoutError } from './state/task-errors.ts'
export type { Task } from './state/task.ts'
export type { TaskRun, WatchOptions } from './store/task-run.ts'
export type { TaskUpdate } from './store/task-update.ts'
export { collectLogs } from './store/collect-logs.ts'
export { StreamProcessor } from './store/stream-processor.ts'
export type { CancelOptions, RunConfig, TaskStatusReport, TaskTimings } from './protocol/protocol.ts'
export type { StatusChange } from './protocol/task-event.ts'
export {
  isTerminalStatus,
  liveStatusCodes,
  phaseOf,
  referenceStatusCodes,
  taskStatuses,
} from './protocol/task-status.ts'
export type { StatusCodes, TaskPhase, TaskStatus } from './protocol/task-status.ts'
export type { Progress } from './state/progress.ts'
export type { ConnectionInfo } from './state/connection-info.ts'
export type { ResumeStorage } from './store/resume-storage.ts'
export type { UploadProgress } from './store/task-view.ts'
export type { Agent, AgentOptions, ReplyCallbacks } from './store/agent-handle.ts'
export { clientTool } from './store/client-tool.ts'
export type {
  AnyClientTool,
  ClientTool,
  ClientToolContext,
  ClientTools,
  JsonSchema,
} from './store/client-tool.ts'
export type { StandardIssue, StandardResult, StandardSchemaV1 } from './store/standard-schema.ts'
export type { MessageUpdate } from './store/message-update.ts'
export type { AgentConfig, AgentToolConfig } from './protocol/agent-config.ts'

// For authors of bindings and adapters.
export { describeOutput } from './content/describe-output.ts'
export type { FilePiece, JsonPiece, OutputPiece, TextPiece } from './content/output-piece.ts'
export type { FileKind } from './content/file-kind.ts'
export { fileNameOf } from './content/file-name.ts'
export { safeUrl, type UrlUse } from './content/safe-url.ts'
export { initialView, selectError, selectPhase, selectStatus } from './store/task-view.ts'
export type { Submission, TaskView } from './store/task-view.ts'
export { shownOutput, shownStatus, toTask, type TaskState } from './state/task.ts'
export { hydrateTask } from './state/hydrate-task.ts'
export { selectElapsedMs, selectEtaMs, selectStages, stageNames } from './state/select-task.ts'
export type { StageName, TaskStage } from './state/select-task.ts'
export type { LogLines } from './state/log-lines.ts'
export { newLines } from './store/task-update.ts'
export type {
  ApprovalResponse,
  Chat,
  ChatObserver,
  MessageInput,
  Reply,
  SendMessageOptions,
  UploadOptions,
} from './store/chat.ts'
export { initialChatView, type ChatView } from './store/chat-view.ts'
export { observeReplies } from './store/agent-handle.ts'
export { callsToAnswer } from './store/message-update.ts'
export type { Conversation } from './store/conversation.ts'
export type { ConversationOptions } from './store/chats.ts'
export type { AgentRun, AgentState, MessageState, OutgoingMessage } from './state/agent.ts'
export type {
  ChatMessage,
  LocalToolRun,
  MessagePart,
  MessageStatus,
  ToolCall,
  ToolCallStatus,
} from './state/chat-message.ts'
export {
  isChatBusy,
  selectAgentError,
  selectAgentStatus,
  selectMessageKeys,
  selectMessages,
  selectPartialOutput,
  type AgentStatus,
} from './state/select-agent.ts'
export { selectMessage } from './state/select-message.ts'
export { readPartialJson } from './state/partial-json.ts'
export type { AgentInfo, AlwaysAllowOption, AlwaysAllowOptions } from './protocol/agent-protocol.ts'
export type {
  Attachment,
  Interrupt,
  MessageRole,
  PlanStep,
  ToolInvocation,
  ToolKind,
} from './protocol/agent-event.ts'
export type { JsonRecord } from './protocol/json.ts'
export type { LiveStore } from './store/live-store.ts'
export type { TaskFollower, TaskObserver } from './store/task-follower.ts'
export type { TaskListItem } from './store/task-list.ts'
export type { RunFollower } from './store/run-follower.ts'
export type { RunFollowOptions, SharedRunOptions } from './store/followers.ts'
export { identify, runKey, type RunKey } from './store/run-key.ts'
export type { Lifetimes } from './store/registry.ts'
export type { Schedule } from './store/frame-loop.ts'
export { systemClock, type Clock } from './store/clock.ts'
export type { Surroundings, SurroundingsSignal } from './store/surroundings.ts'
export { inferenceProtocol } from './protocol/inference/index.ts'
export type { ResumeMode } from './protocol/stamp-frames.ts'
export type { Protocol } from './protocol/protocol.ts'
export type { AgentProtocol } from './protocol/agent-protocol.ts'

import type { PlanStep, StreamErrorCode, ToolCallStatus, ToolKind } from '@taskstream/core'
import type { TaskProgressLabels } from '../task-progress/labels.ts'
import type { ConnectionLabels } from '../task-progress/connection-words.ts'
import type { OutputLabels } from '../task-progress/words.ts'

/** Every word that `<AgentChat>` shows or speaks. Replace any of them with the `labels` prop. */
export interface AgentChatLabels
  extends
    OutputLabels,
    ConnectionLabels,
    Pick<TaskProgressLabels, 'connectionName' | 'reconnect' | 'retryNow'> {
  /** Names the whole where the agent has no name. */
  readonly chat: string
  /** Names the part that scrolls, for screen readers. */
  readonly transcript: string
  /** Who a message is from, for screen readers. */
  readonly author: Readonly<Record<'user' | 'assistant', string>>
  /** What a note beside the conversation is. */
  readonly note: Readonly<Record<'system' | 'injection' | 'compaction' | 'event' | 'unknown', string>>
  readonly loading: string
  readonly unavailable: string
  readonly emptyTitle: (agent: string | null) => string
  /** Names the suggested prompts, for screen readers. */
  readonly suggestions: string
  readonly loadOlder: string
  readonly loadingOlder: string
  readonly olderFailed: string
  readonly jumpToLatest: string
  /** Beside it: how many messages came since the reader left the end. */
  readonly newMessages: (count: string) => string
  /** While the agent has not said anything yet. */
  readonly writing: string
  readonly thinking: string
  readonly thought: string
  readonly thoughtFor: (duration: string) => string
  readonly toolKind: Readonly<Record<ToolKind, string>>
  readonly toolStatus: Readonly<Record<ToolCallStatus, string>>
  /** In place of `toolStatus` while this browser runs a tool, and while its answer is on its way. */
  readonly toolRunningHere: string
  readonly toolSubmitting: string
  readonly toolArguments: string
  readonly toolResult: string
  readonly toolProgress: string
  readonly toolFailed: string
  readonly requirements: string
  readonly approvalTitle: (tool: string) => string
  readonly approve: string
  readonly reject: string
  readonly addReason: string
  readonly reason: string
  readonly alwaysAllow: string
  readonly alwaysAllowMenu: string
  readonly alwaysAllowLoading: string
  /** What is allowed for good, above the choice. */
  readonly alwaysAllowText: string
  readonly answered: string
  readonly answerElsewhere: string
  readonly elicitSubmit: string
  readonly elicitDecline: string
  readonly elicitCancel: string
  readonly elicitOpenPage: string
  readonly elicitRequired: string
  readonly elicitInvalid: string
  readonly gateTitle: Readonly<Record<'hook_gate' | 'confirmation' | 'auth' | 'other', string>>
  readonly allow: string
  readonly deny: string
  readonly plan: string
  readonly planDone: (done: string, total: string) => string
  readonly planStatus: Readonly<Record<PlanStep['status'], string>>
  readonly regenerate: string
  readonly edit: string
  readonly editMessage: string
  readonly editSend: string
  readonly editCancel: string
  readonly queued: string
  readonly cancelQueued: string
  readonly sendingMessage: string
  readonly cancelledMessage: string
  readonly failedMessage: string
  readonly notSent: string
  readonly retrySend: string
  readonly remove: string
  readonly input: string
  readonly placeholder: string
  readonly send: string
  readonly sendQueued: string
  readonly sendWhenUploaded: string
  readonly sendBlockedEmpty: string
  readonly sendBlockedFiles: string
  readonly stop: string
  readonly stopping: string
  readonly attach: string
  readonly attachments: string
  readonly dropFiles: string
  readonly uploading: (percent: string) => string
  readonly uploaded: string
  readonly uploadFailed: string
  readonly uploadRetry: string
  readonly removeFile: (name: string) => string
  readonly fileTooLarge: (limit: string) => string
  readonly fileNotAccepted: string
  /** What went wrong, in a few words; the message of the error stands below it. */
  readonly errorTitle: Readonly<Record<StreamErrorCode, string>>
  readonly tryAgain: string
  /** Spoken to screen readers, once each. */
  readonly announce: {
    readonly began: string
    readonly done: string
    readonly stopped: string
    readonly failed: (reason: string) => string
    readonly needsApproval: (tool: string) => string
    readonly waitsForYou: string
    readonly notSent: string
    readonly uploadFailed: (name: string) => string
    readonly lineLost: string
    readonly lineOffline: string
    readonly lineClosed: string
    readonly lineBack: string
  }
}

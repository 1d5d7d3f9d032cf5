import type { ConnectionInfo, StageName, StreamErrorCode, TaskStatus } from '@taskstream/core'

/** Every word that `<TaskProgress>` shows or speaks. Replace any of them with the `labels` prop. */
export interface TaskProgressLabels {
  /** Names the task where nothing else does. */
  readonly task: string
  readonly status: Readonly<Record<TaskStatus, string>>
  readonly stage: Readonly<Record<StageName, string>>
  /** What the mark of a stage means, for screen readers; the stage that goes on is marked as the current one. */
  readonly stageState: Readonly<Record<'passed' | 'skipped' | 'stopped', string>>
  readonly connection: Readonly<Record<ConnectionInfo['state'], string>>
  /** Names the part that shows the line, for screen readers. */
  readonly connectionName: string
  /** In place of `connection.reconnecting` while an attempt is waited for, with the time until then. */
  readonly retryIn: (duration: string) => string
  /** Beside it: which attempt it is since something new was heard. */
  readonly attempt: (count: string) => string
  /** Beside `connection.offline`: what it is that goes on by itself. */
  readonly waitingForNetwork: string
  /** Beside `connection.live` and `connection.polling` when a task at work has said nothing for a minute or more. */
  readonly noNews: (duration: string) => string
  /** In place of `connection.closed` when the line was given up although it could be tried again. */
  readonly connectionLost: string
  /** A button: tries a line now that waits, or that was given up. */
  readonly retryNow: string
  /** A button: takes up a line again that somebody, or the server, has ended. */
  readonly reconnect: string
  /** A task that is opened by its id, before its first snapshot is here. */
  readonly loading: string
  /** A task that the server will not show, or does not know any more. */
  readonly unavailable: string
  readonly sending: string
  readonly uploading: (percent: string) => string
  readonly rejected: string
  /** What went wrong, in a few words; the message of the error stands below it. */
  readonly errorTitle: Readonly<Record<StreamErrorCode, string>>
  readonly noReason: string
  /** Names the list of what the server wants before it runs the task. */
  readonly requirements: string
  /** Above that list. */
  readonly requirementsText: string
  readonly cancel: string
  readonly cancelling: string
  readonly cancelRefused: (reason: string) => string
  readonly retry: string
  readonly elapsed: (duration: string) => string
  readonly eta: (duration: string) => string
  readonly logs: string
  readonly logsEmpty: string
  readonly logsDropped: (count: string) => string
  readonly logsFollow: string
  /** Beside `logsFollow`, with how many lines came since the reader left the end. */
  readonly logsNew: (count: string) => string
  readonly logsCopy: string
  readonly copy: string
  readonly copied: string
  readonly copyFailed: string
  readonly partialOutput: string
  readonly output: string
  readonly outputEmpty: string
  readonly download: string
  readonly openFile: string
  readonly mediaFailed: string
  readonly blockedUrl: string
  /** Shows more of a long list of values. */
  readonly more: (count: string) => string
  /** Spoken to screen readers, once each. */
  readonly announce: {
    readonly started: string
    readonly completed: string
    readonly failed: (reason: string) => string
    readonly cancelled: string
    readonly lineLost: string
    /** There is no network: it goes on by itself when there is one again. */
    readonly lineOffline: string
    /** The line was given up: it is not tried again by itself. */
    readonly lineClosed: string
    readonly lineBack: string
  }
}

/** English. */
export const englishLabels: TaskProgressLabels = {
  task: 'Task',
  status: {
    idle: 'Not started',
    unknown: 'Waiting',
    received: 'Received',
    queued: 'In the queue',
    scheduled: 'Worker found',
    preparing: 'Preparing',
    serving: 'Starting the app',
    setting_up: 'Setting up',
    running: 'Running',
    cancelling: 'Cancelling',
    uploading: 'Saving the result',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  stageState: { passed: 'done', skipped: 'skipped', stopped: 'stopped here' },
  stage: { queued: 'Queue', preparing: 'Prepare', running: 'Run', uploading: 'Save', done: 'Done' },
  connection: {
    idle: 'Not connected',
    connecting: 'Connecting',
    live: 'Live',
    polling: 'Checking',
    stalled: 'No signal',
    reconnecting: 'Reconnecting',
    offline: 'Offline',
    closed: 'Disconnected',
  },
  connectionName: 'Connection',
  retryIn: (duration) => `Reconnecting in ${duration}`,
  attempt: (count) => `attempt ${count}`,
  waitingForNetwork: 'waiting for the network',
  noNews: (duration) => `no news for ${duration}`,
  connectionLost: 'Connection lost',
  retryNow: 'Retry now',
  reconnect: 'Reconnect',
  loading: 'Loading',
  unavailable: 'Not available',
  sending: 'Starting',
  uploading: (percent) => `Uploading files, ${percent}`,
  rejected: 'Could not start',
  errorTitle: {
    network: 'The server could not be reached',
    http: 'The server answered with an error',
    idle: 'The server went silent',
    'connect-timeout': 'The server did not answer in time',
    truncated: 'The answer broke off',
    malformed: 'The answer could not be read',
    gap: 'A part of the answer is missing',
    'frame-too-large': 'The answer is too large',
    'wrong-content-type': 'The answer is of an unexpected kind',
    'invalid-request': 'The server did not understand the request',
    unauthorized: 'You are not signed in',
    'payment-required': 'A payment is needed',
    forbidden: 'You may not do this',
    'not-found': 'Not found',
    conflict: 'Something else got in the way',
    gone: 'No longer there',
    requirements: 'Something is missing before this can run',
    unprocessable: 'The input was not accepted',
    'rate-limited': 'Too many requests',
    'upload-failed': 'A file could not be uploaded',
    'task-failed': 'The task failed',
    'agent-failed': 'The reply failed',
    'task-cancelled': 'The task was cancelled',
    timeout: 'It took too long',
    aborted: 'It was stopped before it began',
    disconnected: 'No longer watched',
    misuse: 'There is a mistake in this app',
  },
  noReason: 'The server gave no reason.',
  requirements: 'What is needed',
  requirementsText: 'Set these up in your account, then try again.',
  cancel: 'Cancel',
  cancelling: 'Cancelling',
  cancelRefused: (reason) => `Not cancelled: ${reason}`,
  retry: 'Try again',
  elapsed: (duration) => duration,
  eta: (duration) => `about ${duration} left`,
  logs: 'Log',
  logsEmpty: 'No log lines yet',
  logsDropped: (count) => `${count} earlier lines are not kept`,
  logsFollow: 'Jump to the latest',
  logsNew: (count) => `${count} new`,
  logsCopy: 'Copy log',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'Not copied',
  partialOutput: 'Preview',
  output: 'Result',
  outputEmpty: 'The task completed without a result',
  download: 'Download',
  openFile: 'Open',
  mediaFailed: 'This file could not be shown',
  blockedUrl: 'This address is not allowed, so it is not a link',
  more: (count) => `… ${count} more`,
  announce: {
    started: 'Task started',
    completed: 'Task completed',
    failed: (reason) => `Task failed: ${reason}`,
    cancelled: 'Task cancelled',
    lineLost: 'Connection lost, reconnecting',
    lineOffline: 'Offline, waiting for the network',
    lineClosed: 'Connection lost',
    lineBack: 'Connected again',
  },
}

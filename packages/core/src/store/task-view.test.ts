import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import {
  isTerminalStatus,
  phaseOf,
  taskStatuses,
  type TaskPhase,
  type TaskStatus,
} from '../protocol/task-status.ts'
import { describeConnection, noLineFacts } from '../state/connection-info.ts'
import { idleConnection } from '../state/connection.ts'
import { TaskFailedError } from '../state/task-errors.ts'
import { initialTask } from '../state/task.ts'
import {
  initialView,
  noSubmission,
  selectError,
  selectPhase,
  selectStatus,
  type Submission,
  type TaskView,
} from './task-view.ts'

const rejection = new StreamError('requirements', 'a secret is missing')
const refusal = new StreamError('not-found', 'no such task')
const stopped = new StreamError('aborted', 'stopped before it was started')
const fault = new StreamError('network', 'cut', { retryable: true })

const submissions: Readonly<Record<Submission['status'], Submission>> = {
  none: noSubmission,
  uploading: { ...noSubmission, status: 'uploading', upload: { fileCount: 1, sentBytes: 1, totalBytes: 2 } },
  sending: { ...noSubmission, status: 'sending' },
  accepted: { ...noSubmission, status: 'accepted' },
  rejected: { ...noSubmission, status: 'rejected', error: rejection },
  cancelled: { ...noSubmission, status: 'cancelled', cancelRequested: true, error: stopped },
}

function view(status: TaskStatus, rest: Partial<TaskView> = {}): TaskView {
  return { ...initialView, task: { ...initialTask, id: 't1', status }, ...rest }
}

const closed = (error: StreamError | null): Partial<TaskView> => ({
  connection: describeConnection({ status: 'closed', error }),
})

describe('selectPhase', () => {
  const beforeTheTask: Readonly<Record<Submission['status'], TaskPhase>> = {
    none: 'idle',
    uploading: 'pending',
    sending: 'pending',
    accepted: 'pending',
    rejected: 'error',
    cancelled: 'cancelled',
  }

  it.each(Object.values(submissions))('before the task is known, $status decides', (submission) => {
    expect(selectPhase({ ...initialView, submission })).toBe(beforeTheTask[submission.status])
  })

  it.each(taskStatuses.filter((status) => status !== 'idle'))(
    'of a task that is %s, the task decides',
    (status) => {
      for (const submission of Object.values(submissions)) {
        expect(selectPhase(view(status, { submission }))).toBe(phaseOf(status))
      }
    },
  )

  it('is finishing from the wish to cancel on', () => {
    const { task } = view('running')
    expect(selectPhase({ ...initialView, task: { ...task, cancelRequested: true } })).toBe('finishing')
  })
})

describe('a task that the server does not know any more', () => {
  it.each(taskStatuses)('is an error while it is %s, unless it has ended', (status) => {
    for (const code of ['not-found', 'gone'] as const) {
      const lost = view(status, closed(new StreamError(code, 'no such task')))
      expect(selectPhase(lost)).toBe(isTerminalStatus(status) ? phaseOf(status) : 'error')
    }
  })

  it('is told from one that the server will not show, and from a line that broke', () => {
    for (const error of [new StreamError('unauthorized', 'who is it?'), fault]) {
      expect(selectPhase(view('running', closed(error)))).toBe('running')
    }
  })
})

describe('selectStatus', () => {
  it.each<readonly [Submission['status'], TaskStatus]>([
    ['none', 'cancelling'],
    ['uploading', 'cancelling'],
    ['sending', 'cancelling'],
    ['accepted', 'cancelling'],
    ['rejected', 'idle'],
    ['cancelled', 'cancelled'],
  ])('of a wish to cancel before the task is known, %s is %s', (status, shown) => {
    const submission = { ...submissions[status], cancelRequested: true }
    expect(selectStatus({ ...initialView, submission })).toBe(shown)
    expect(selectStatus(view('running', { submission }))).toBe('running')
  })

  it('is idle while nobody wishes anything', () => {
    expect(selectStatus({ ...initialView, submission: submissions.sending })).toBe('idle')
  })
})

describe('selectError', () => {
  it.each<readonly [string, TaskView, StreamError | null]>([
    ['nothing is known', initialView, null],
    ['it runs', view('running'), null],
    ['it completed', view('completed', closed(null)), null],
    ['it was cancelled, as somebody wished', view('cancelled', closed(null)), null],
    ['it was not accepted', { ...initialView, submission: submissions.rejected }, rejection],
    ['the server will not show it', view('idle', closed(refusal)), refusal],
    ['the line was given up', view('running', closed(fault)), null],
    [
      'the line waits for another attempt',
      view('running', {
        connection: describeConnection({
          status: 'waiting',
          attempt: 1,
          retryAtMs: 1,
          notBeforeMs: 1,
          error: fault,
        }),
      }),
      null,
    ],
  ])('when %s', (_name, given, error) => {
    expect(selectError(given)).toBe(error)
  })

  it('is one error for a task that failed, however often it is read, with what the server said', () => {
    const given = view('failed', closed(fault))
    const failed = { ...given, task: { ...given.task, error: 'CUDA out of memory' } }
    const error = selectError(failed)
    expect(error).toBeInstanceOf(TaskFailedError)
    expect(error?.message).toContain('CUDA out of memory')
    expect(
      selectError({
        ...failed,
        connection: describeConnection(idleConnection, { ...noLineFacts, lastEventAt: 7 }),
      }),
    ).toBe(error)
  })
})

import { describe, expect, it } from 'vitest'
import {
  isTaskStatus,
  isTerminalStatus,
  liveStatusCodes,
  phaseOf,
  readTaskStatus,
  referenceStatusCodes,
  taskStatuses,
  type TaskPhase,
  type TaskStatus,
} from './task-status.ts'

/** Number, status by the streaming reference, status by the live service (protocol §3.1). */
const numbers: readonly (readonly [number, TaskStatus, TaskStatus])[] = [
  [0, 'unknown', 'unknown'],
  [1, 'received', 'received'],
  [2, 'queued', 'queued'],
  [3, 'scheduled', 'scheduled'],
  [4, 'preparing', 'preparing'],
  [5, 'serving', 'serving'],
  [6, 'setting_up', 'setting_up'],
  [7, 'running', 'running'],
  [8, 'uploading', 'cancelling'],
  [9, 'unknown', 'uploading'],
  [10, 'completed', 'completed'],
  [11, 'failed', 'failed'],
  [12, 'cancelled', 'cancelled'],
  [13, 'unknown', 'unknown'],
  [-1, 'unknown', 'unknown'],
  [1.5, 'unknown', 'unknown'],
  [NaN, 'unknown', 'unknown'],
  [Infinity, 'unknown', 'unknown'],
]

describe('readTaskStatus', () => {
  it.each(numbers)(
    'reads the number %d as %s by the reference and %s by the live service',
    (code, reference, live) => {
      expect(readTaskStatus(code)).toBe(reference)
      expect(readTaskStatus(code, referenceStatusCodes)).toBe(reference)
      expect(readTaskStatus(code, liveStatusCodes)).toBe(live)
      expect(readTaskStatus(`${code}`, liveStatusCodes)).toBe(live)
      expect(readTaskStatus(` ${code} `)).toBe(reference)
    },
  )

  it.each(taskStatuses.filter((status) => status !== 'idle'))(
    'reads the name %s however it is spelled',
    (status) => {
      for (const word of [
        status,
        status.toUpperCase(),
        ` ${status}\n`,
        status.replace('_', '-'),
        status.replace('_', ' '),
      ]) {
        expect(readTaskStatus(word)).toBe(status)
      }
    },
  )

  it.each([
    ['dispatched', 'scheduled'],
    ['Dispatched', 'scheduled'],
    ['canceling', 'cancelling'],
    ['CANCELED', 'cancelled'],
    ['007', 'running'],
    ['99999999999999999999999', 'unknown'],
    ['idle', 'unknown'],
    ['', 'unknown'],
    ['paused', 'unknown'],
    ['1e1', 'unknown'],
    ['constructor', 'unknown'],
    ['__proto__', 'unknown'],
    ['toString', 'unknown'],
    ['hasOwnProperty', 'unknown'],
  ] as const)('reads %j as %s', (word, status) => {
    expect(readTaskStatus(word)).toBe(status)
  })

  it.each([[null], [undefined]])('takes %s for not said', (raw) => {
    expect(readTaskStatus(raw)).toBeNull()
  })

  it.each([[true], [{}], [[]], [{ status: 7 }], [7n]])('takes %s for unknown', (raw) => {
    expect(readTaskStatus(raw)).toBe('unknown')
  })
})

describe('the table of statuses', () => {
  const phases: Readonly<Record<TaskStatus, readonly [TaskPhase, terminal: boolean]>> = {
    idle: ['idle', false],
    unknown: ['pending', false],
    received: ['pending', false],
    queued: ['pending', false],
    scheduled: ['pending', false],
    preparing: ['pending', false],
    serving: ['pending', false],
    setting_up: ['pending', false],
    running: ['running', false],
    cancelling: ['finishing', false],
    uploading: ['finishing', false],
    completed: ['success', true],
    failed: ['error', true],
    cancelled: ['cancelled', true],
  }

  it.each(taskStatuses)('%s has its phase and knows whether it is the end', (status) => {
    expect([phaseOf(status), isTerminalStatus(status)]).toEqual(phases[status])
  })

  it('lists every status, in the order of a usual life', () => {
    expect(taskStatuses).toEqual(Object.keys(phases))
  })

  it('knows its own words and none that objects inherit', () => {
    expect(taskStatuses.every(isTaskStatus)).toBe(true)
    for (const word of ['constructor', '__proto__', 'toString', 'Running', ''])
      expect(isTaskStatus(word)).toBe(false)
  })
})

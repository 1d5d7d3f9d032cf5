import { expect, it } from 'vitest'
import { fault, type TransportFault } from './faults.ts'

it('builds data that can be written as JSON', () => {
  const faults = [
    fault.cutAfterBytes(7, { on: 'stream' }),
    fault.cutAfterEvents(2, { on: 'stream', how: 'reset' }),
    fault.stall({ on: 'stream' }),
    fault.refuse({ on: 'run', status: 429, retryAfterSeconds: 3 }),
    fault.unreachable({ on: 'task', nth: 2 }),
    fault.html({ on: 'status', times: 3 }),
    fault.slowHeaders(50, { on: 'stream' }),
    fault.garbleLine({ on: 'stream' }),
    fault.invalidUtf8({ on: 'task' }),
    fault.duplicate({ on: 'stream' }),
    fault.reorder({ on: 'stream', line: 3, by: 2 }),
    fault.gap({ on: 'run', count: 4 }),
    fault.deltaAfterEnd({ on: 'stream' }),
    fault.staleSnapshot({ on: 'stream' }),
    fault.errorEvent({ on: 'stream', problem: { status: 503 } }),
    fault.wrongContentType(null, { on: 'stream' }),
    fault.gzip({ on: 'list' }),
    fault.drip({ on: 'stream', bytes: 1, everyMs: 50 }),
    fault.stallAfterBytes(9, { on: 'stream' }),
    fault.captivePortal({ on: 'run' }),
    fault.flipBytes({ on: 'stream', count: 1 }),
    fault.buffer({ on: 'stream' }),
    fault.buffer({ on: 'stream', bytes: 4096 }),
    fault.split({ on: 'stream', at: 'characters' }),
  ]
  expect(JSON.parse(JSON.stringify(faults))).toEqual(faults)
  expect(faults).toMatchInlineSnapshot(`
    [
      {
        "afterBytes": 7,
        "how": "reset",
        "kind": "cut-bytes",
        "on": "stream",
      },
      {
        "afterEvents": 2,
        "how": "reset",
        "kind": "cut-events",
        "on": "stream",
      },
      {
        "afterEvents": 1,
        "kind": "stall",
        "on": "stream",
      },
      {
        "kind": "refuse",
        "on": "run",
        "refusal": {
          "retryAfterSeconds": 3,
          "status": 429,
        },
      },
      {
        "kind": "unreachable",
        "nth": 2,
        "on": "task",
      },
      {
        "kind": "html",
        "on": "status",
        "times": 3,
      },
      {
        "kind": "slow-headers",
        "ms": 50,
        "on": "stream",
      },
      {
        "kind": "garble-line",
        "line": 2,
        "on": "stream",
      },
      {
        "kind": "invalid-utf8",
        "line": 1,
        "on": "task",
      },
      {
        "count": 1,
        "kind": "duplicate",
        "line": 2,
        "on": "stream",
      },
      {
        "by": 2,
        "kind": "reorder",
        "line": 3,
        "on": "stream",
      },
      {
        "count": 4,
        "kind": "gap",
        "line": 2,
        "on": "run",
      },
      {
        "kind": "delta-after-end",
        "on": "stream",
      },
      {
        "kind": "stale-snapshot",
        "line": 2,
        "on": "stream",
      },
      {
        "afterEvents": 1,
        "kind": "error-event",
        "on": "stream",
        "problem": {
          "status": 503,
        },
      },
      {
        "contentType": null,
        "kind": "wrong-content-type",
        "on": "stream",
      },
      {
        "kind": "gzip",
        "on": "list",
      },
      {
        "bytes": 1,
        "everyMs": 50,
        "kind": "drip",
        "on": "stream",
      },
      {
        "afterBytes": 9,
        "kind": "stall-bytes",
        "on": "stream",
      },
      {
        "kind": "captive-portal",
        "loginUrl": "http://login.portal.test/",
        "on": "run",
      },
      {
        "count": 1,
        "kind": "flip-bytes",
        "line": 2,
        "on": "stream",
      },
      {
        "bytes": null,
        "kind": "buffer",
        "on": "stream",
      },
      {
        "bytes": 4096,
        "kind": "buffer",
        "on": "stream",
      },
      {
        "at": "characters",
        "kind": "split",
        "on": "stream",
      },
    ]
  `)
})

it('builds the same data for another aim', () => {
  const aim = { url: '/stream', method: 'GET', nth: 2, times: 3 }
  const faults: readonly TransportFault[] = [
    fault.cutAfterBytes(7, aim),
    fault.cutAfterEvents(2, { ...aim, how: 'reset' }),
    fault.stall({ ...aim, afterEvents: 4 }),
    fault.refuse({ ...aim, status: 503, body: 'no' }),
    fault.drip({ ...aim, bytes: 1, everyMs: 50 }),
    fault.wrongContentType(null, aim),
  ]
  expect(faults).toEqual([
    { ...aim, kind: 'cut-bytes', afterBytes: 7, how: 'reset' },
    { ...aim, kind: 'cut-events', afterEvents: 2, how: 'reset' },
    { ...aim, kind: 'stall', afterEvents: 4 },
    { ...aim, kind: 'refuse', refusal: { status: 503, body: 'no' } },
    { ...aim, kind: 'drip', bytes: 1, everyMs: 50 },
    { ...aim, kind: 'wrong-content-type', contentType: null },
  ])
})

it('needs no aim where the fault may meet every request', () => {
  const faults: readonly TransportFault[] = [
    fault.cutAfterBytes(7),
    fault.cutAfterEvents(2),
    fault.closeAfterEach(),
    fault.stall(),
    fault.stallAfterBytes(3),
    fault.refuse({ status: 500 }),
    fault.unreachable(),
    fault.html(),
    fault.captivePortal(),
    fault.slowHeaders(5),
    fault.garbleLine(),
    fault.flipBytes(),
    fault.invalidUtf8(),
    fault.duplicate(),
    fault.reorder(),
    fault.gap(),
    fault.wrongContentType('text/plain'),
    fault.gzip(),
    fault.buffer(),
    fault.drip({ bytes: 1, everyMs: 1 }),
    fault.split(),
  ]
  expect(faults).toEqual([
    { kind: 'cut-bytes', afterBytes: 7, how: 'reset' },
    { kind: 'cut-events', afterEvents: 2, how: 'eof' },
    { kind: 'cut-events', afterEvents: 1, how: 'eof', times: Infinity },
    { kind: 'stall', afterEvents: 1 },
    { kind: 'stall-bytes', afterBytes: 3 },
    { kind: 'refuse', refusal: { status: 500 } },
    { kind: 'unreachable' },
    { kind: 'html' },
    { kind: 'captive-portal', loginUrl: 'http://login.portal.test/' },
    { kind: 'slow-headers', ms: 5 },
    { kind: 'garble-line', line: 1 },
    { kind: 'flip-bytes', line: 1, count: 3 },
    { kind: 'invalid-utf8', line: 1 },
    { kind: 'duplicate', line: 2, count: 1 },
    { kind: 'reorder', line: 2, by: 1 },
    { kind: 'gap', line: 2, count: 1 },
    { kind: 'wrong-content-type', contentType: 'text/plain' },
    { kind: 'gzip' },
    { kind: 'buffer', bytes: null },
    { kind: 'drip', bytes: 1, everyMs: 1 },
    { kind: 'split', at: 'bytes' },
  ])
})

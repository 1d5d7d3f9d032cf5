import { expect, it } from 'vitest'
import { fault } from './faults.ts'

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
    ]
  `)
})

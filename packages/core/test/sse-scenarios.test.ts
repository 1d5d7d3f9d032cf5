import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLagMeter, type LagMeter } from './lag-meter.ts'
import { runScenario, type Expectation, type Scenario } from './run-scenario.ts'
import { scenarios } from './scenario-cases.ts'

interface SharedScenario extends Scenario {
  readonly level: 'spec' | 'policy'
}

/** Where our contract says otherwise: what is seen instead, and why. */
const POLICY: Readonly<Record<string, { readonly reason: string; readonly expect: Expectation }>> = {
  'status-299-fails': {
    reason:
      'RFC 9110 §15: a status that is not known is read as the first of its class, so 299 is a success and its body a stream; one that ended is opened again.',
    expect: { requestsMin: 2, errorCode: 'truncated' },
  },
  'mime-prefix-trick': {
    reason:
      'What is no stream is not read, and says so; it is asked for again because a captive portal or a proxy that answers so goes away.',
    expect: { events: [], requestsMin: 2, requestsMax: 10, error: false, errorCode: 'wrong-content-type' },
  },
}

function readScenarios(): readonly SharedScenario[] {
  const url = new URL('../../../../shared/fixtures/sse-scenarios.json', import.meta.url)
  if (!existsSync(url)) return []
  const file = JSON.parse(readFileSync(url, 'utf8')) as { readonly scenarios: readonly SharedScenario[] }
  return file.scenarios.map((scenario) => ({
    ...scenario,
    expect: POLICY[scenario.name]?.expect ?? scenario.expect,
  }))
}

/** Runs all at once, since each is mostly waiting; but begins one after the other, so that none is in another's way. */
function runAll(all: readonly Scenario[], lag: LagMeter): ReadonlyMap<Scenario, Promise<Expectation>> {
  let turn = Promise.resolve()
  return new Map(
    all.map((scenario) => {
      const previous = turn
      const seen = new Promise<Expectation>((resolve, reject) => {
        turn = new Promise((next) => {
          previous.then(() => runScenario(scenario, lag, next)).then(resolve, reject)
        })
      })
      seen.catch(() => {})
      return [scenario, seen]
    }),
  )
}

function named(all: readonly Scenario[]): [string, Scenario][] {
  return all.map((scenario) => [scenario.name, scenario])
}

const shared = readScenarios()
const lag = createLagMeter()
afterAll(() => lag.stop())
let outcomes: ReadonlyMap<Scenario, Promise<Expectation>> = new Map()
beforeAll(() => {
  outcomes = runAll([...scenarios, ...shared], lag)
})

describe('a line over HTTP', { timeout: 20_000 }, () => {
  it.each(named(scenarios))('%s', async (_name, scenario) => {
    expect(await outcomes.get(scenario)).toEqual(scenario.expect)
  })
})

describe.skipIf(shared.length === 0)('R4: scenarios from public suites', { timeout: 20_000 }, () => {
  it.each(named(shared))('%s', async (_name, scenario) => {
    expect(await outcomes.get(scenario)).toEqual(scenario.expect)
  })

  it('are answered otherwise only where the reason is written down', () => {
    const names = shared.map(({ name }) => name)
    expect(Object.keys(POLICY).filter((name) => !names.includes(name))).toEqual([])
  })
})

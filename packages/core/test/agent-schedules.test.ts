import * as fc from 'fast-check'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { agentSchedule, type AgentSchedule } from './agent-schedule.ts'
import { followAgentSchedule } from './follow-agent-schedule.ts'
import { createQueuedLocks } from './tool-world.ts'

const env = process.env
/** Fixed, so that a change is told from chance; `pnpm soak` draws others. */
const seed = Number(env.TASKSTREAM_SEED ?? 1_602_453_114)
const count = Number(env.TASKSTREAM_SCHEDULES ?? 800)

/** Schedules that are followed at the same time, each by a clock of its own. */
const atOnce = 50

afterAll(() => vi.unstubAllGlobals())

/** Follows schedules side by side, in a browser that has locks, or in one that has none. */
async function follow(schedules: readonly AgentSchedule[], hasLocks: boolean) {
  vi.stubGlobal('navigator', hasLocks ? { locks: createQueuedLocks() } : {})
  return await Promise.all(schedules.map(followAgentSchedule))
}

describe('whatever goes wrong around an agent', () => {
  // On the way (follow-agent-schedule.ts) L12 holds at every moment, and the turn ends once.
  it(`L6, L12, L13: ${count} schedules end as if nothing had happened`, { timeout: 3_600_000 }, async () => {
    console.info(`TASKSTREAM_SEED=${seed} TASKSTREAM_SCHEDULES=${count}`)
    const started = performance.now()
    const schedules = fc.sample(agentSchedule, { seed, numRuns: count })
    const figures = { interrupted: 0, lives: 0, byHand: 0, failed: 0 }
    const laws = new Map<string, number>()
    let firstFailed: number | null = null
    for (let first = 0; first < count; first += atOnce) {
      const some = schedules.slice(first, first + atOnce)
      for (const hasLocks of [true, false]) {
        const chosen = some.filter((one) => one.hasLocks === hasLocks)
        const courses = await follow(chosen, hasLocks)
        for (const [index, { broken, wasInterrupted, lifeCount, retriedByHandCount }] of courses.entries()) {
          if (wasInterrupted) figures.interrupted++
          figures.lives += lifeCount
          if (retriedByHandCount > 0) figures.byHand++
          if (broken.length === 0) continue
          figures.failed++
          for (const law of broken) laws.set(law, (laws.get(law) ?? 0) + 1)
          const place = first + some.findIndex((one) => one === chosen[index])
          firstFailed = Math.min(firstFailed ?? place, place)
        }
      }
    }
    console.info(
      JSON.stringify(figures),
      Object.fromEntries([...laws].slice(0, 40)),
      `${Math.round(performance.now() - started)} ms`,
    )
    if (firstFailed !== null) {
      await fc.assert(
        fc.asyncProperty(agentSchedule, async (schedule) => {
          const [course] = await follow([schedule], schedule.hasLocks)
          expect(course?.broken).toEqual([])
        }),
        { seed, path: String(firstFailed), numRuns: 1 },
      )
    }
    expect(figures.failed).toBe(0)
  })
})

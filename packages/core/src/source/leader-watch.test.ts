import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { createLeaderWatch } from './leader-watch.ts'

function start() {
  const clock = createManualClock()
  const told: string[] = []
  const say = (what: string): void => void told.push(`${what} at ${clock.monotonic()}`)
  const watch = createLeaderWatch(
    { ...clock, random: () => 0 },
    { ask: () => say('ask'), missing: (count) => say(`missing ${count}`) },
  )
  return { clock, told, watch }
}

describe('createLeaderWatch', () => {
  it('begins by expecting an answer for 900 ms', async () => {
    const { clock, told, watch } = start()
    await clock.advance(899)
    expect([told, watch.isMissing]).toEqual([[], false])
    await clock.advance(1)
    expect([told, watch.isMissing]).toEqual([['missing 1 at 900'], true])
    await clock.advance(60_000)
    expect([told.length, clock.pendingCount]).toEqual([1, 0])
  })

  it('asks after 5 s without a word, and waits 900 ms for the answer', async () => {
    const { clock, told, watch } = start()
    watch.heard()
    await clock.advance(3_000)
    watch.heard()
    await clock.advance(4_999)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual(['ask at 8000'])
    await clock.advance(899)
    watch.heard()
    await clock.advance(5_900)
    expect(told).toEqual(['ask at 8000', 'ask at 13899', 'missing 1 at 14799'])
  })

  it('asks up to 500 ms earlier, by chance', async () => {
    const clock = createManualClock()
    const askedAtMs: number[] = []
    for (const chance of [0, 0.5, 0.998]) {
      const env = { ...clock, random: () => chance }
      const ask = (): void => void askedAtMs.push(clock.monotonic())
      createLeaderWatch(env, { ask, missing: () => {} }).heard()
    }
    await clock.advance(5_000)
    expect(askedAtMs).toEqual([4_501, 4_750, 5_000])
  })

  it('counts the answers that did not come until one does', async () => {
    const { clock, told, watch } = start()
    await clock.advance(900)
    watch.expect()
    expect(watch.isMissing).toBe(false)
    await clock.advance(900)
    watch.heard()
    watch.expect()
    await clock.advance(900)
    expect(told).toEqual(['missing 1 at 900', 'missing 2 at 1800', 'missing 1 at 2700'])
  })

  it('asks once more where the wait itself was held back, but not for ever', async () => {
    const { clock, told } = start()
    await clock.sleep(60_000)
    expect(told).toEqual(['ask at 60000'])
    await clock.sleep(60_000)
    expect(told).toEqual(['ask at 60000', 'missing 1 at 120000'])
  })

  it('holds nothing and says nothing once it is stopped', async () => {
    const { clock, told, watch } = start()
    watch.stop()
    watch.heard()
    watch.expect()
    await clock.advance(60_000)
    expect([told, clock.pendingCount]).toEqual([[], 0])
  })
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../wire/frame.ts'
import { createFrameLog, fitsLog } from './frame-log.ts'

const frame = (data: string): Frame => ({ type: 'message', event: 'message', id: null, data })
const beat: Frame = { type: 'beat' }

describe('createFrameLog', () => {
  it('holds everything but heartbeats, or nothing once that is more than its limits', () => {
    const someFrame = fc.oneof(fc.constant(beat), fc.string({ maxLength: 5 }).map(frame))
    const batches = fc.array(fc.array(someFrame, { maxLength: 4 }), { maxLength: 8 })
    const limits = fc.record({ maxFrames: fc.nat(10), maxChars: fc.nat(20) })
    fc.assert(
      fc.property(batches, limits, (batches, limits) => {
        const log = createFrameLog(limits)
        const told: Frame[] = []
        let isWithin = true
        for (const batch of batches) {
          log.add(batch)
          told.push(...batch.filter((one) => one !== beat))
          const chars = told.reduce((sum, one) => sum + (one.type === 'message' ? one.data.length : 0), 0)
          isWithin &&= told.length <= limits.maxFrames && chars <= limits.maxChars
          expect(log.frames).toEqual(isWithin ? told : null)
          expect(fitsLog(told, limits)).toBe(isWithin)
        }
        log.begin({ transport: 'polling', isWhole: true })
        expect([log.frames, log.beginning.transport]).toEqual([[], 'polling'])
      }),
    )
  })

  it('holds nothing of a line that continues after a cursor, until one begins from the first', () => {
    const log = createFrameLog({ maxFrames: 1, maxChars: 10 })
    log.begin({ transport: null, isWhole: false })
    log.add([frame('a')])
    expect(log.frames).toBeNull()
    log.begin({ transport: null, isWhole: true })
    log.add([frame('b')])
    expect(log.frames).toEqual([frame('b')])
  })
})

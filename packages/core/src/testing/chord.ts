import type { Sound } from './wav.ts'

/** C, E, G, B and D: a major ninth, in Hz. */
const NOTES = [261.63, 329.63, 392, 493.88, 587.33]
const NOTE_GAP_S = 0.14
const FADE_S = 0.4

/** A chord that is plucked note by note and dies away. */
export const chord: Sound = {
  ms: 3000,
  sample(seconds) {
    const end = Math.min(1, (3 - seconds) / FADE_S)
    return end * NOTES.reduce((sum, hz, index) => sum + pluck(hz, seconds - index * NOTE_GAP_S), 0)
  },
}

/** One string: its overtones are softer and die sooner. */
function pluck(hz: number, seconds: number): number {
  if (seconds <= 0) return 0
  const attack = Math.min(1, seconds / 0.008)
  const tone = [1, 0.4, 0.18, 0.08].reduce((sum, share, index) => {
    const overtone = index + 1
    return (
      sum + share * Math.exp(-seconds * (1.1 + 0.9 * index)) * Math.sin(2 * Math.PI * hz * overtone * seconds)
    )
  }, 0)
  return 0.16 * attack * tone
}

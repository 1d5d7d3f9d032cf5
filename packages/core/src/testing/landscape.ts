import type { Pixel, Rgb } from './png.ts'
import { createRandom } from './random.ts'

/** Ridges from the farthest to the nearest: height of the crest, swing, waves across, and colour. */
const RIDGES: readonly {
  readonly crest: number
  readonly swing: number
  readonly waves: number
  readonly rgb: Rgb
}[] = [
  { crest: 0.5, swing: 0.07, waves: 5, rgb: [196, 120, 132] },
  { crest: 0.57, swing: 0.08, waves: 4, rgb: [140, 84, 118] },
  { crest: 0.66, swing: 0.07, waves: 6, rgb: [86, 58, 100] },
  { crest: 0.78, swing: 0.06, waves: 3.5, rgb: [46, 38, 76] },
  { crest: 0.91, swing: 0.05, waves: 5, rgb: [22, 22, 48] },
]

/** The sky at its top, at three heights between, and at the horizon. */
const SKY: readonly Rgb[] = [
  [26, 32, 74],
  [70, 58, 118],
  [164, 88, 128],
  [244, 148, 110],
  [255, 214, 150],
]

const SUN = { x: 0.66, y: 0.44, radius: 0.055 } as const

/** Mountains at dusk, sharp: the colour of each point of a picture of that size. */
export function createLandscape(width: number, height: number): Pixel {
  const crests = RIDGES.map(({ crest, swing, waves }, index) =>
    Array.from({ length: width }, (_, x) => crest - swing * swell((x / width) * waves + index * 1.7)),
  )
  const depthAt = (index: number, x: number, v: number): number => v - (crests[index]?.[x] ?? 1)
  return (x, y) => {
    const v = (y + 0.5) / height
    // What lies behind a ridge is not seen.
    const nearest = RIDGES.findLastIndex((_, index) => depthAt(index, x, v) * height >= 0.5)
    let rgb = nearest === -1 ? skyAt((x + 0.5) / width, v, width / height) : ([0, 0, 0] as Rgb)
    for (let index = Math.max(0, nearest); index < RIDGES.length; index++) {
      const depth = depthAt(index, x, v)
      const ridge = RIDGES[index]
      if (ridge === undefined || depth * height <= -0.5) continue
      // Mist lies in the valleys: a ridge grows paler downwards.
      const misty = mix(ridge.rgb, [232, 160, 150], Math.min(0.45, depth * 2.2) * (1 - index / 5))
      rgb = mix(rgb, misty, Math.min(1, depth * height + 0.5))
    }
    return rgb
  }
}

/** Pixels to a side of a square of one colour in a preview, so that it is small when it is encoded. */
const SQUARE = 4

/** The same picture before it is finished: out of focus by `cell` pixels, and with noise of up to `noise` of 255 levels. */
export function createPreview(width: number, height: number, cell: number, noise: number): Pixel {
  const columns = Math.ceil(width / cell) + 1
  const rows = Math.ceil(height / cell) + 1
  const coarse = createLandscape(columns, rows)
  const random = createRandom(7)
  const grid = Array.from({ length: columns * rows }, (_, index): Rgb => {
    const shift = (random() - 0.5) * 2 * noise
    const [red, green, blue] = coarse(index % columns, Math.floor(index / columns))
    return [clamp(red + shift), clamp(green + shift * 0.8), clamp(blue + (random() - 0.5) * noise)]
  })
  const at = (column: number, row: number): Rgb => grid[row * columns + column] ?? [0, 0, 0]
  return (exactX, exactY) => {
    const [x, y] = [exactX - (exactX % SQUARE), exactY - (exactY % SQUARE)]
    const [column, row] = [Math.floor(x / cell), Math.floor(y / cell)]
    const [right, down] = [(x % cell) / cell, (y % cell) / cell]
    return mix(
      mix(at(column, row), at(column + 1, row), right),
      mix(at(column, row + 1), at(column + 1, row + 1), right),
      down,
    )
  }
}

function skyAt(u: number, v: number, ratio: number): Rgb {
  const height = Math.min(0.999, v / 0.6) * (SKY.length - 1)
  const band = Math.floor(height)
  const sky = mix(SKY[band] ?? [0, 0, 0], SKY[band + 1] ?? [0, 0, 0], height - band)
  const distance = Math.hypot((u - SUN.x) * ratio, v - SUN.y)
  const glow = Math.max(0, 1 - distance / 0.5) ** 3
  const lit = mix(sky, [255, 226, 170], glow * 0.8)
  const edge = Math.min(1, Math.max(0, (SUN.radius - distance) * 400 + 0.5))
  return mix(lit, [255, 246, 222], edge)
}

/** Three waves of which none is a multiple of another, from -1 to 1. */
function swell(turns: number): number {
  const angle = turns * 2
  return Math.sin(angle) * 0.55 + Math.sin(angle * 2.3 + 1) * 0.3 - Math.abs(Math.sin(angle * 5.1 + 2)) * 0.2
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ]
}

function clamp(level: number): number {
  return Math.min(255, Math.max(0, level))
}

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const tokens = readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'tokens.css'), 'utf8')

type Theme = Readonly<Record<string, string>>

/** The `--ts-` properties of the block that begins with `selector`. */
function readTheme(selector: string): Theme {
  const from = tokens.indexOf(`${selector} {`)
  expect(from).toBeGreaterThan(-1)
  const block = tokens.slice(from, tokens.indexOf('}', from))
  return Object.fromEntries(
    [...block.matchAll(/--ts-([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

const light = readTheme(":where(:root, [data-theme='light'])")
const dark = readTheme(":where([data-theme='dark'])")

/** WCAG 2.2, relative luminance. */
function luminance(color: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
  const [red = 0, green = 0, blue = 0] = channels.map((one) =>
    one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['ground', 'ground-subtle'] as const
const texts: readonly (readonly [text: string, ground: string])[] = [
  ...grounds.flatMap((ground) => [
    ['text', ground] as const,
    ['text-muted', ground] as const,
    ['text-faint', ground] as const,
    ['accent-text', ground] as const,
    ['success-text', ground] as const,
    ['danger-text', ground] as const,
  ]),
  ['text', 'ground-muted'],
  ['text-muted', 'ground-muted'],
  ['text', 'danger-subtle'],
  ['accent-text', 'accent-subtle'],
  ['success-text', 'success-subtle'],
  ['warning-text', 'warning-subtle'],
  ['danger-text', 'danger-subtle'],
]

test.each(texts)('%s on %s can be read in both themes', (text, ground) => {
  for (const theme of [light, dark]) {
    expect(contrast(theme[text] ?? '', theme[ground] ?? '')).toBeGreaterThanOrEqual(4.5)
  }
})

test.each(['accent', 'success', 'danger'])('a bar of %s stands out from the card', (fill) => {
  for (const theme of [light, dark]) {
    expect(contrast(theme[fill] ?? '', theme['ground'] ?? '')).toBeGreaterThanOrEqual(3)
  }
})

test('the dark theme of the system is the one that can be chosen', () => {
  expect(readTheme(":where(:root:not([data-theme='light']))")).toEqual(dark)
})

test('both themes have the same colours', () => {
  expect(Object.keys(dark)).toEqual(Object.keys(light))
})

import { afterAll } from 'vitest'

/** Collects what the tests of a file measure, and prints it once after them. */
export function createFigures(title: string): (what: string, ms: number) => void {
  const figures: string[] = []
  afterAll(() => console.info([`${title}:`, ...figures].join('\n  ')))
  return (what, ms) => void figures.push(`${what} ${Math.round(ms)} ms`)
}

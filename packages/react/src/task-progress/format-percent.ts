/**
 * Whole percent of a share, 0 to 100, rounded down: 100 is said only when all is done.
 *
 * @param fraction - 0 to 1
 */
export function wholePercent(fraction: number): number {
  // Why the addend: 0.29 * 100 is 28.999999999999996.
  return Math.floor(fraction * 100 + 1e-9)
}

/** A share as whole percent in the digits of `locale`, such as "45%". */
export function formatPercent(fraction: number, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { style: 'percent' }).format(wholePercent(fraction) / 100)
}

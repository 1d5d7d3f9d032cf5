const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** A duration as a clock counts it, in whole seconds and the digits of `locale`: "4s", "1:05", "1h 02m". */
export function formatDuration(durationMs: number, locale: string | undefined): string {
  if (durationMs < minuteMs) return unit(Math.floor(durationMs / 1000), 'second', locale)
  if (durationMs >= hourMs) return formatHours(durationMs, locale)
  const [minutes, seconds] = [Math.floor(durationMs / minuteMs), Math.floor((durationMs % minuteMs) / 1000)]
  return `${number(minutes, 1, locale)}:${number(seconds, 2, locale)}`
}

/** A duration to compare with others: as {@link formatDuration}, but with tenths below ten seconds, such as "0.4s". */
export function formatShortDuration(durationMs: number, locale: string | undefined): string {
  if (durationMs >= 9950) return formatDuration(Math.max(10_000, durationMs), locale)
  return unit(Math.round(durationMs / 100) / 10, 'second', locale)
}

/**
 * Time left, no more exact than an estimate is: steps of 1 s up to 10 s, of 5 s up to 30 s, of 10 s up to two minutes, and
 * whole minutes above. Rounded up, so that it does not promise too much.
 */
export function formatTimeLeft(leftMs: number, locale: string | undefined): string {
  const seconds = Math.max(1, Math.ceil(leftMs / 1000))
  if (seconds <= 30) return unit(roundUp(seconds, seconds <= 10 ? 1 : 5), 'second', locale)
  const rounded = roundUp(seconds, seconds <= 120 ? 10 : 60)
  if (rounded < 60) return unit(rounded, 'second', locale)
  if (rounded >= 3600) return formatHours(rounded * 1000, locale)
  const rest = rounded % 60
  const minutes = unit(Math.floor(rounded / 60), 'minute', locale)
  return rest === 0 ? minutes : `${minutes} ${unit(rest, 'second', locale)}`
}

function formatHours(durationMs: number, locale: string | undefined): string {
  const minutes = Math.floor((durationMs % hourMs) / minuteMs)
  return `${unit(Math.floor(durationMs / hourMs), 'hour', locale)} ${unit(minutes, 'minute', locale, 2)}`
}

function unit(
  value: number,
  name: 'hour' | 'minute' | 'second',
  locale: string | undefined,
  minimumIntegerDigits = 1,
): string {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    unitDisplay: 'narrow',
    minimumIntegerDigits,
  }).format(value)
}

function number(value: number, minimumIntegerDigits: number, locale: string | undefined): string {
  return new Intl.NumberFormat(locale, { minimumIntegerDigits }).format(value)
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step
}

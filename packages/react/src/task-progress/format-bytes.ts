const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** A size such as `1.2 MB`, in steps of 1,000. */
export function formatBytes(sizeBytes: number, locale: string | undefined): string {
  const power = sizeBytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(sizeBytes) / 3))
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: power === 0 ? 'narrow' : 'short',
    maximumSignificantDigits: 3,
  }).format(sizeBytes / 1000 ** power)
}

/** Made once per language: a formatter costs more than a message. */
const formatters = new Map<
  string,
  { readonly time: Intl.DateTimeFormat; readonly date: Intl.DateTimeFormat }
>()

function formattersOf(locale: string | undefined): { time: Intl.DateTimeFormat; date: Intl.DateTimeFormat } {
  const key = locale ?? ''
  const made = formatters.get(key) ?? {
    time: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    date: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  }
  formatters.set(key, made)
  return made
}

/** The time of day, such as "4:40 PM"; `locale`: BCP 47 tag, `undefined` is the browser's. */
export function formatTime(date: Date, locale: string | undefined): string {
  return formattersOf(locale).time.format(date)
}

/** Day and time, such as "Nov 22, 2026, 4:40 PM". */
export function formatDate(date: Date, locale: string | undefined): string {
  return formattersOf(locale).date.format(date)
}

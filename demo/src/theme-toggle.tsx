import { useState } from 'react'

/** Light or dark for the page and the components in it; the system's choice until it is pressed. */
export function ThemeToggle() {
  const [dark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches)
  const toggle = (): void => {
    document.documentElement.dataset['theme'] = dark ? 'light' : 'dark'
    setDark(!dark)
  }
  return (
    <button type="button" className="quiet" aria-pressed={dark} onClick={toggle}>
      Dark
    </button>
  )
}

import { useEffect, useState, type ReactNode } from 'react'
import type { Highlight } from './markdown-settings.ts'

interface Highlighted {
  readonly code: string
  readonly language: string
  readonly highlight: Highlight
  readonly shown: ReactNode
}

/** The code in colours once they are here; `null` before, without a language, and for `highlight` being `null`. */
export function useHighlighted(code: string, language: string, highlight: Highlight | null): ReactNode {
  const [held, setHeld] = useState<Highlighted | null>(null)
  useEffect(() => {
    if (highlight === null || language === '') return
    let isWanted = true
    const run = async (): Promise<void> => {
      // After this paint, because it may take long.
      await Promise.resolve()
      const shown = await highlight(code, language)
      if (isWanted) setHeld({ code, language, highlight, shown })
    }
    run().catch(() => {
      // Plain code is all there is to see.
    })
    return () => {
      isWanted = false
    }
  }, [code, language, highlight])
  const isCurrent = held?.code === code && held.language === language && held.highlight === highlight
  return isCurrent ? held.shown : null
}

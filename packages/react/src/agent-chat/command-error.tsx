import type { StreamError } from '@taskstream/core'
import type { ReactElement } from 'react'
import { errorWords } from './error-words.ts'

/** Why a command was refused, said at once; nothing where none was. */
export function CommandError({ error }: { readonly error: StreamError | null }): ReactElement | null {
  if (error === null) return null
  return (
    <p data-slot="agent-chat-command-error" role="alert" dir="auto">
      {errorWords(error)}
    </p>
  )
}

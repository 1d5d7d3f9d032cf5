import { useClient } from '@taskstream/react'
import { useState } from 'react'

/** A button that asks the server something, beside everything that is followed, and what it answered each time. */
export function StatusQuestion({ ids }: { readonly ids: readonly string[] }) {
  const client = useClient()
  const [answers, setAnswers] = useState<readonly string[]>([])
  const ask = async (): Promise<void> => {
    const { status } = await client.tasks.status(ids[answers.length % ids.length] ?? '')
    setAnswers((before) => [...before, status])
  }
  return (
    <p>
      <button type="button" onClick={() => void ask()}>
        Ask for a status
      </button>
      <output>{answers.join(' ')}</output>
    </p>
  )
}

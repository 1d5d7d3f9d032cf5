import { StreamError } from '@taskstream/core'
import { useCallback, useRef, useState } from 'react'

/** A command that somebody gave, until it is taken or refused. */
export interface Command {
  readonly isPending: boolean
  /** Whether it was taken. */
  readonly isDone: boolean
  /** Why the last one was refused. */
  readonly error: StreamError | null
  /** Runs one, unless one is under way. */
  readonly run: (command: () => Promise<unknown>) => void
}

type CommandState = Omit<Command, 'run'>

const idle: CommandState = { isPending: false, isDone: false, error: null }

/** One command at a time, and what became of it. */
export function useCommand(): Command {
  const [state, setState] = useState(idle)
  // Why not the state: two clicks of one frame see the same one.
  const isRunning = useRef(false)
  const run = useCallback((command: () => Promise<unknown>) => {
    if (isRunning.current) return
    isRunning.current = true
    setState({ isPending: true, isDone: false, error: null })
    command().then(
      () => {
        isRunning.current = false
        setState({ isPending: false, isDone: true, error: null })
      },
      (thrown: unknown) => {
        isRunning.current = false
        setState({ isPending: false, isDone: false, error: StreamError.from(thrown) })
      },
    )
  }, [])
  return { ...state, run }
}

/** A command whose refusal shows elsewhere: as the message that was not sent, or as the error of the chat. */
export function runQuietly(command: Promise<unknown>): void {
  command.catch(() => {})
}

import { useEffect, useRef, type RefObject } from 'react'
import { whileOnScreen } from './on-screen.ts'
import type { ShownTask } from './shown-task.ts'

/** A ref for the element that shows a task: while it is on the screen, somebody looks at the task. */
export function useLook(look: ShownTask['look']): RefObject<Element | null> {
  const shown = useRef<Element>(null)
  const watched = useRef<{
    readonly element: Element
    readonly look: () => () => void
    readonly stop: () => void
  }>(null)
  // Why after each commit: the app may put another element in the place of ours.
  useEffect(() => {
    const element = shown.current
    const before = watched.current
    if (before?.element === element && before.look === look) return
    before?.stop()
    watched.current =
      element === null || look === undefined ? null : { element, look, stop: whileOnScreen(element, look) }
  })
  useEffect(
    () => () => {
      watched.current?.stop()
      watched.current = null
    },
    [],
  )
  return shown
}

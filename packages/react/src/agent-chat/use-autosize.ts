import type { RefObject } from 'react'
import { useBeforePaint } from '../task-progress/use-before-paint.ts'

/** Makes a field as high as its text, where the browser does not; the stylesheet says how high at most. */
export function useAutosize(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useBeforePaint(() => {
    if (field.current !== null && !growsByItself()) fit(field.current)
  }, [field, text])
}

function growsByItself(): boolean {
  return (
    typeof CSS !== 'undefined' &&
    typeof CSS.supports === 'function' &&
    CSS.supports('field-sizing', 'content')
  )
}

function fit(element: HTMLTextAreaElement): void {
  element.style.blockSize = 'auto'
  element.style.blockSize = `${element.scrollHeight}px`
}

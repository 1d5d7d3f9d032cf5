import type { KeyboardEvent } from 'react'

/**
 * Whether a key belongs to an input method that composes a word, so that Enter takes the word and sends nothing. Safari
 * tells the last key after the end of the composition, with the code 229 alone.
 */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === 229
}

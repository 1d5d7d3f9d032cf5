import { expect, it } from 'vitest'
import { splitBytes } from './split-bytes.ts'

it.each([
  ['bytes', Array.from({ length: 11 }, () => 1)],
  // Cuts before the line feed of CRLF, the second byte of ü, and the last three of 🌙.
  ['characters', [3, 2, 2, 1, 1, 2]],
] as const)('cuts between %s', (at, pieceBytes) => {
  const bytes = new TextEncoder().encode('ab\r\nü🌙\n')
  const reshape = splitBytes(at)
  const pieces = [...reshape.take(bytes), ...reshape.end()]
  expect(pieces.map((piece) => piece.length)).toEqual(pieceBytes)
  expect(pieces.flatMap((piece) => [...piece])).toEqual([...bytes])
})

import { expect, it } from 'vitest'
import { holdBack } from './hold-back.ts'

const piece = (byte: number): Uint8Array<ArrayBuffer> => Uint8Array.of(byte, byte)

it.each([
  ['until the end', undefined, [[], [], []], [1, 2, 3]],
  ['until so many bytes have come, again and again', 4, [[], [1, 2], []], [3]],
  ['nothing that is as large as that', 2, [[1], [2], [3]], []],
])('keeps %s', (_name, bytes, taken, rest) => {
  const reshape = holdBack(bytes)
  const first = (pieces: readonly Uint8Array[]): readonly (number | undefined)[] =>
    pieces.map(([byte]) => byte)
  expect([1, 2, 3].map((byte) => first(reshape.take(piece(byte))))).toEqual(taken)
  expect(first(reshape.end())).toEqual(rest)
})

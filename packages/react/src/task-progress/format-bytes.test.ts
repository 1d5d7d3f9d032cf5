import { expect, test } from 'vitest'
import { formatBytes } from './format-bytes.ts'

test.each([
  [0, '0B'],
  [999, '999B'],
  [1000, '1 kB'],
  [1234, '1.23 kB'],
  [999_999, '1,000 kB'],
  [1_000_000, '1 MB'],
  [45_678_901, '45.7 MB'],
  [3_000_000_000, '3 GB'],
  [5e15, '5,000 TB'],
])('%d bytes are %s', (sizeBytes, text) => {
  expect(formatBytes(sizeBytes, 'en')).toBe(text)
})
test('in the words of another language', () => {
  expect(formatBytes(1_500_000, 'de')).toBe('1,5 MB')
})

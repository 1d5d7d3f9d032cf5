import { expect, test } from 'vitest'
import { refusalOf } from './accept-file.ts'

const file = (name: string, type: string, size = 10) => ({ name, type, size })

test.each<readonly [string | null, ReturnType<typeof file>, 'not-accepted' | 'too-large' | null]>([
  [null, file('a.exe', ''), null],
  ['', file('a.exe', ''), null],
  ['image/*', file('a.png', 'image/png'), null],
  ['image/*', file('a.pdf', 'application/pdf'), 'not-accepted'],
  ['.PDF, image/*', file('Report.pdf', ''), null],
  ['text/csv', file('a.csv', 'text/csv'), null],
  ['text/csv', file('a.csv', 'text/plain'), 'not-accepted'],
  ['image/*', file('a.png', 'image/png', 101), 'too-large'],
  [null, file('a.png', 'image/png', 100), null],
])('with accept %j the file %j is refused as %j', (accept, given, refusal) => {
  expect(refusalOf(given, { accept, maxSizeBytes: 100 })).toBe(refusal)
})

import { expect, test } from 'vitest'
import { StreamError, type StreamErrorCode } from '../errors.ts'
import { isAlreadyOver, unlessDecided, unlessOver } from './already-over.ts'

const fateOf = (work: Promise<void>): Promise<string> =>
  work.then(
    () => 'done',
    (thrown: unknown) => StreamError.from(thrown).code,
  )

test.each<readonly [StreamErrorCode, boolean, boolean]>([
  ['conflict', true, true],
  ['gone', true, true],
  ['not-found', true, false],
  ['forbidden', false, false],
  ['http', false, false],
  ['network', false, false],
])('%s: is over %s, is decided %s', async (code, isOver, isDecided) => {
  const error = new StreamError(code, 'no')
  expect(isAlreadyOver(error)).toBe(isOver)
  expect(await fateOf(unlessOver(Promise.reject(error)))).toBe(isOver ? 'done' : code)
  expect(await fateOf(unlessDecided(Promise.reject(error)))).toBe(isDecided ? 'done' : code)
})

test('what is taken is done', async () => {
  expect(await fateOf(unlessOver(Promise.resolve()))).toBe('done')
  expect(await fateOf(unlessDecided(Promise.resolve()))).toBe('done')
})

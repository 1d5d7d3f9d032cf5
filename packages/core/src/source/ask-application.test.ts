import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import { askApplication } from './ask-application.ts'

describe('askApplication', () => {
  it('gives the answer, now or later', async () => {
    expect(await askApplication('headers', () => 1)).toBe(1)
    expect(await askApplication('headers', async () => 2)).toBe(2)
  })

  it('takes a failure for one of the network, names the option, and keeps the cause', async () => {
    const cause = new TypeError('Failed to fetch')
    const asked = askApplication('getToken', () => Promise.reject(cause))
    await expect(asked).rejects.toMatchObject({ code: 'network', retryable: true, cause })
    await expect(asked).rejects.toThrow(/getToken failed \(Failed to fetch\)/)
  })

  it('leaves a StreamError as it is, so that an application can end it', async () => {
    const final = new StreamError('unauthorized', 'Signed out.')
    const asked = askApplication('getToken', () => {
      throw final
    })
    await expect(asked).rejects.toBe(final)
  })
})

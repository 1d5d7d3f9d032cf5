import { describe, expect, it } from 'vitest'
import { isStreamError } from '../errors.ts'
import { clientTool } from './client-tool.ts'

const run = (): string => ''

describe('clientTool', () => {
  it('is the tool itself', () => {
    const tool = { name: 'look', run, timeoutMs: Infinity }
    expect(clientTool(tool)).toBe(tool)
  })

  it.each([
    ['no name', { name: '', run }],
    ['no time', { name: 'look', run, timeoutMs: 0 }],
    ['a time that is no number', { name: 'look', run, timeoutMs: NaN }],
  ])('throws misuse for %s', (_, tool) => {
    try {
      clientTool(tool)
      expect.unreachable('it is no tool')
    } catch (thrown) {
      expect(isStreamError(thrown) && thrown.code).toBe('misuse')
    }
  })
})

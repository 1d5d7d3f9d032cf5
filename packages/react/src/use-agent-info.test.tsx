import { renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { createHookWorld } from '../test/hook-world.tsx'
import { useAgentInfo } from './use-agent-info.ts'

test('what is told of an agent that is described in place has one identity, so that nothing renders for it again', () => {
  const world = createHookWorld()
  const { result, rerender } = renderHook(
    () => useAgentInfo({ core_app: { ref: 'a/b' }, name: 'Ada', examplePrompts: ['Hi'] }),
    { wrapper: world.Page },
  )
  const before = result.current
  expect(before).toEqual({ name: 'Ada', description: null, examplePrompts: ['Hi'] })
  rerender()
  expect(result.current).toBe(before)
})

import { clientTool } from '@taskstream/core'
import { agentScript } from '@taskstream/core/testing'
import { act, renderHook } from '@testing-library/react'
import { expect, test } from 'vitest'
import { createHookWorld } from '../test/hook-world.tsx'
import { useAgent } from './use-agent.ts'

const agent = 'my-org/assistant'

test('tools that are written into the component do not render it without end, and the newest one runs', async () => {
  const world = createHookWorld({ agents: agentScript.clientTool({ name: 'get_location' }) })
  let renderCount = 0
  const { result, rerender } = renderHook(
    ({ city }: { readonly city: string }) => {
      renderCount++
      return useAgent({ agent, tools: [clientTool({ name: 'get_location', run: () => city })] })
    },
    { wrapper: world.Page, initialProps: { city: 'Oslo' } },
  )
  expect(result.current.status).toBe('ready')
  const before = renderCount
  rerender({ city: 'Bergen' })
  expect(renderCount - before).toBeLessThanOrEqual(2)
  act(() => void result.current.sendMessage('Where am I?'))
  await world.advance(60_000)
  expect(result.current.messages.at(-1)?.text).toBe('Bergen')
})

test('a storage that is written into the component does not render it without end', () => {
  const world = createHookWorld({ agents: agentScript.echo() })
  const { result } = renderHook(
    () => useAgent({ agent, resume: { getItem: () => null, setItem: () => {}, removeItem: () => {} } }),
    { wrapper: world.Page },
  )
  expect(result.current.status).toBe('ready')
})

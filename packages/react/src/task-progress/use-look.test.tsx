import { render } from '@testing-library/react'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, test, vi } from 'vitest'
import { showTask } from '../../test/shown-task.ts'
import { Root } from './root.tsx'

afterEach(() => void vi.unstubAllGlobals())

const leave = vi.fn()
const look = vi.fn(() => leave)

test('where nobody can tell what is on the screen, everything is', () => {
  vi.stubGlobal('IntersectionObserver', undefined)
  const { unmount, rerender } = render(<Root task={showTask({ status: 'running' }, { look })} />)
  const looks = look.mock.calls.length
  expect(looks - leave.mock.calls.length).toBe(1)
  rerender(<Root task={showTask({ status: 'completed' }, { look })} />)
  expect(look).toHaveBeenCalledTimes(looks)
  unmount()
  expect(leave).toHaveBeenCalledTimes(looks)
})

test('a server looks at nothing', () => {
  look.mockClear()
  renderToString(<Root task={showTask({ status: 'running' }, { look })} />)
  expect(look).not.toHaveBeenCalled()
})

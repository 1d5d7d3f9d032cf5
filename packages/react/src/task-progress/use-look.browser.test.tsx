import { afterEach, expect, test, vi } from 'vitest'
import { render } from 'vitest-browser-react'
import { showTask } from '../../test/shown-task.ts'
import { Root } from './root.tsx'
import { Status } from './status.tsx'

afterEach(() => window.scrollTo(0, 0))

/** A task of which it is known how many look at it. */
function createLooked() {
  const looked = { count: 0, lookedAgain: 0 }
  const look = (): (() => void) => {
    looked.count++
    looked.lookedAgain++
    return () => void looked.count--
  }
  return { looked, task: showTask({ status: 'running' }, { look }) }
}

/** Waits until the browser has told everybody who is on the screen: of one frame, in no order, then of the next. */
async function looks(): Promise<void> {
  for (let frame = 0; frame < 2; frame++) {
    await new Promise<void>((resolve) => {
      const observer = new IntersectionObserver(() => {
        observer.disconnect()
        resolve()
      })
      observer.observe(document.documentElement)
    })
  }
}

function scrollTo(name: string): void {
  document.querySelector(`[aria-label="${name}"]`)?.scrollIntoView()
}

test('a task is looked at while its root is on the screen, and not while it is scrolled away', async () => {
  const [first, last] = [createLooked(), createLooked()]
  const counts = () => [first.looked.count, last.looked.count]
  const page = (isShown: boolean) => (
    <>
      <Root task={first.task} aria-label="first">
        <Status />
      </Root>
      <div style={{ blockSize: 6000 }} />
      {isShown && (
        <Root task={last.task} aria-label="last">
          <Status />
        </Root>
      )}
    </>
  )
  const { rerender } = await render(page(true))
  await looks()
  expect(counts()).toEqual([1, 0])
  scrollTo('last')
  await looks()
  expect(counts()).toEqual([0, 1])
  scrollTo('first')
  await looks()
  expect(counts()).toEqual([1, 0])
  scrollTo('last')
  await looks()
  await rerender(page(false))
  expect(counts()).toEqual([0, 0])
})

test('another task in the same root is looked at in place of the first; the same one goes on', async () => {
  const [first, other] = [createLooked(), createLooked()]
  const { rerender } = await render(<Root task={first.task}>one</Root>)
  await looks()
  const before = first.looked.lookedAgain
  await rerender(<Root task={{ ...first.task, status: 'uploading' }}>one</Root>)
  await looks()
  expect(first.looked).toEqual({ count: 1, lookedAgain: before })
  await rerender(<Root task={other.task}>other</Root>)
  await looks()
  expect([first.looked.count, other.looked.count]).toEqual([0, 1])
})

test('the element that an app puts in the place of ours is the one that counts', async () => {
  const { looked, task } = createLooked()
  const ref = vi.fn()
  const page = (isAway: boolean) => (
    <Root task={task} ref={ref} render={<section key={String(isAway)} />}>
      <p style={isAway ? { marginBlockStart: 6000 } : {}}>a task</p>
    </Root>
  )
  const { rerender } = await render(page(false))
  await looks()
  expect(looked.count).toBe(1)
  await rerender(page(true))
  document.querySelector('section')?.style.setProperty('margin-block-start', '6000px')
  await looks()
  expect(looked.count).toBe(0)
  expect(ref).toHaveBeenLastCalledWith(document.querySelector('section'))
})

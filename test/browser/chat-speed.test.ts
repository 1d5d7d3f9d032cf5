/** A reply of 2,000 pieces below 500 old messages, in the page as it is built for people. What it takes is counted, not timed. */
import { expect, test } from 'vitest'
import { deltaCount, fillLongChat, longChat, measureLongReply, oldCount, pieces } from './long-chat.ts'
import { createWorlds } from './world.ts'

const newWorld = createWorlds('production')

test(`a reply of ${deltaCount} pieces below ${oldCount} messages changes itself once a frame, and no other message`, async () => {
  const world = await newWorld({ agents: longChat })
  const chatId = await fillLongChat(world.simulator, world.api)
  const { page } = await world.open({ agent: 'acme/guide', chatId })
  const { changes, frames, touched } = await measureLongReply(page)
  expect(touched).toEqual([])
  expect(changes).toBeGreaterThan(10)
  expect(changes).toBeLessThanOrEqual(frames)
  const headings = [...pieces.join('').matchAll(/^## (Part \d+)\n/gm)].map((found) => found[1])
  expect(headings.length).toBeGreaterThan(20)
  const reply = page.locator('[data-slot=agent-chat-message]').last()
  expect(await reply.getByRole('heading').allInnerTexts()).toEqual(headings)
})

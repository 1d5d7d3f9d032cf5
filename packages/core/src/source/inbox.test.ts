import { describe, expect, it } from 'vitest'
import { createInbox } from './inbox.ts'

describe('createInbox', () => {
  it('hands out what was put in order, waits where there is nothing, and ends after the last', async () => {
    const inbox = createInbox<string>()
    inbox.put('a', 2)
    inbox.put('b', 3)
    expect(inbox.weight).toBe(5)
    expect(await inbox.take()).toBe('a')
    expect(inbox.weight).toBe(3)
    expect(await inbox.take()).toBe('b')
    const waiting = inbox.take()
    inbox.put('c', 1)
    expect(await waiting).toBe('c')
    inbox.put('d', 1)
    inbox.close()
    inbox.put('e', 1)
    expect([await inbox.take(), await inbox.take(), inbox.weight]).toEqual(['d', null, 0])
  })

  it('ends for whoever waits, and has nothing once it was cleared', async () => {
    const inbox = createInbox<string>()
    inbox.put('a', 1)
    inbox.clear()
    expect(inbox.weight).toBe(0)
    const waiting = inbox.take()
    inbox.close()
    expect(await waiting).toBeNull()
  })
})

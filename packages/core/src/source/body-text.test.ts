import { getEventListeners } from 'node:events'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBodyText } from './body-text.ts'

/** An answer with these chunks that then stays open, ends, or breaks; `cancelCount` tells who closed it. */
function createAnswer(chunks: readonly Uint8Array[], ending: 'open' | 'end' | 'break') {
  const answer = { cancelCount: 0, response: new Response(null) }
  let next = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[next++]
        if (chunk !== undefined) controller.enqueue(chunk)
        else if (ending === 'end') controller.close()
        else if (ending === 'break') controller.error(new TypeError('terminated'))
        else return new Promise(() => {})
        return undefined
      },
      cancel() {
        answer.cancelCount++
      },
    },
    { highWaterMark: 0 },
  )
  answer.response = new Response(body)
  return answer
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('readBodyText', () => {
  it('reads what was sent, however it was cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 9 }),
        async (text, sizeBytes) => {
          const all = bytes(text)
          const chunks = Array.from({ length: Math.ceil(all.length / sizeBytes) }, (_, i) =>
            all.subarray(i * sizeBytes, (i + 1) * sizeBytes),
          )
          const { response } = createAnswer(chunks, 'end')
          expect(await readBodyText(response)).toBe(await new Response(text).text())
        },
      ),
    )
  })

  it('gives nothing for an answer without a body', async () => {
    expect(await readBodyText(new Response(null, { status: 204 }))).toBe('')
  })

  it('takes as many bytes as allowed and not one more', async () => {
    const chunks = [bytes('ab'), bytes('cd')]
    expect(await readBodyText(createAnswer(chunks, 'end').response, { maxBytes: 4 })).toBe('abcd')
    const answer = createAnswer(chunks, 'open')
    await expect(readBodyText(answer.response, { maxBytes: 3 })).rejects.toMatchObject({
      code: 'frame-too-large',
      retryable: false,
    })
    expect(answer.cancelCount).toBe(1)
  })

  it('takes a body that breaks off for a fault of the network', async () => {
    const { response } = createAnswer([bytes('ab')], 'break')
    await expect(readBodyText(response)).rejects.toMatchObject({ code: 'network', retryable: true })
  })

  it('ends at the abort, before or while it reads, and cancels the body (L11)', async () => {
    const early = createAnswer([], 'open')
    await expect(readBodyText(early.response, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    })
    const answer = createAnswer([bytes('ab')], 'open')
    const controller = new AbortController()
    const reading = readBodyText(answer.response, { signal: controller.signal })
    controller.abort()
    await expect(reading).rejects.toMatchObject({ code: 'aborted' })
    expect([early.cancelCount, answer.cancelCount]).toEqual([1, 1])
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })
})

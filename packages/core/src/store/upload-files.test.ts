import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamError } from '../errors.ts'
import type { FileDescription } from '../protocol/protocol.ts'
import type { UploadProgress } from './task-view.ts'
import { hasBlobs, uploadFiles, type UploadEnv } from './upload-files.ts'

interface Put {
  readonly blob: Blob
  readonly url: string
  readonly signal: AbortSignal
  send(bytes: number): void
  succeed(): void
  fail(error: Error): void
}

/** A server and a storage that wait for the test. */
function create() {
  const described: FileDescription[] = []
  const puts: Put[] = []
  const progress: UploadProgress[] = []
  const outside = new AbortController()
  const env: UploadEnv = {
    signal: outside.signal,
    onProgress: (step) => progress.push(step),
    createTarget(file) {
      described.push(file)
      const number = described.length
      return Promise.resolve({
        uploadUrl: `https://put.example/${number}`,
        uri: `https://files.example/${number}`,
      })
    },
    put: (url, blob, onSent, signal) =>
      new Promise((succeed, fail) => puts.push({ blob, url, signal, send: onSent, succeed, fail })),
  }
  return { env, described, puts, progress, outside }
}

/** Lets everything settle that does not wait for the test. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** Lets every put that is made succeed until none is left. */
async function succeedAll(puts: Put[]): Promise<void> {
  await settle()
  for (let put = puts.shift(); put !== undefined; put = puts.shift()) {
    put.succeed()
    await settle()
  }
}

const file = (name: string, size = 3, type = 'image/png'): File =>
  new File(['x'.repeat(size)], name, { type })

describe('uploadFiles', () => {
  it('puts an address in the place of each file, in any depth, and changes nothing else', async () => {
    const { env, puts } = create()
    const [a, b, c] = [file('a.png'), file('b.png'), new Blob(['abc'])]
    const rest = { date: new Date(0), text: 'data:image/png;base64,AAAA', none: null }
    const input = { image: a, list: [b, 'x', { deep: [c] }], rest }
    const done = uploadFiles(input, env)
    await succeedAll(puts)
    const result: unknown = await done
    expect(result).toEqual({
      image: 'https://files.example/1',
      list: ['https://files.example/2', 'x', { deep: ['https://files.example/3'] }],
      rest,
    })
    expect(Reflect.get(Object(result), 'rest')).toBe(rest)
    expect([input.image, input.list[0]]).toEqual([a, b])
  })

  it('is the input itself, and tells nothing, when there is nothing to upload', async () => {
    const { env, progress, described } = create()
    for (const input of [{ text: 'data:image/png;base64,AAAA' }, 'x', null, undefined, [1]]) {
      expect(await uploadFiles(input, env)).toBe(input)
    }
    expect([progress, described]).toEqual([[], []])
  })

  it('uploads once what stands in several places', async () => {
    const { env, puts, described } = create()
    const same = file('a.png')
    const done = uploadFiles([same, { again: same }, same], env)
    await succeedAll(puts)
    const address = 'https://files.example/1'
    expect(await done).toEqual([address, { again: address }, address])
    expect(described).toHaveLength(1)
  })

  it('describes files in the order of the input', async () => {
    const { env, puts, described } = create()
    const done = uploadFiles(
      [file('a.png', 1), new Blob(['xy']), new File(['z'], '', { type: 'text/plain' })],
      env,
    )
    await succeedAll(puts)
    await done
    expect(described).toEqual([
      { filename: 'a.png', contentType: 'image/png', sizeBytes: 1 },
      { filename: 'file', contentType: 'application/octet-stream', sizeBytes: 2 },
      { filename: 'file', contentType: 'text/plain', sizeBytes: 1 },
    ])
  })

  it('has never more than three on their way, and goes on as soon as one is there', async () => {
    const { env, puts } = create()
    const done = uploadFiles(
      Array.from({ length: 7 }, (_, index) => file(`${index}`)),
      env,
    )
    const started: string[] = []
    await settle()
    while (puts.length > 0) {
      expect(puts.length).toBeLessThanOrEqual(3)
      if (started.length < 4) expect(puts).toHaveLength(3)
      const last = puts.pop()
      started.push(last?.url ?? '')
      last?.succeed()
      await settle()
    }
    expect(await done).toHaveLength(7)
    expect(new Set(started).size).toBe(7)
  })

  it('tells how many bytes of all have left, never fewer than before, all at the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(4)),
        async (sizes, order) => {
          const { env, puts, progress } = create()
          const done = uploadFiles(
            sizes.map((size, index) => file(`${index}`, size)),
            env,
          )
          await settle()
          for (const index of order) {
            const put = puts[index]
            put?.send(Math.floor(put.blob.size / 2))
          }
          await succeedAll(puts)
          await done
          const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
          expect(progress[0]).toEqual({ fileCount: sizes.length, sentBytes: 0, totalBytes })
          expect(progress.at(-1)).toEqual({ fileCount: sizes.length, sentBytes: totalBytes, totalBytes })
          for (const [index, step] of progress.entries()) {
            expect(step.sentBytes).toBeGreaterThanOrEqual(progress[index - 1]?.sentBytes ?? 0)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('the first file that fails ends all: nothing more is started or told, what is on its way is stopped', async () => {
    const { env, puts, described, progress } = create()
    const done = uploadFiles(
      Array.from({ length: 6 }, (_, index) => file(`${index}`)),
      env,
    )
    await settle()
    const [first, second, third] = puts
    const failure = new StreamError('upload-failed', 'refused')
    second?.fail(failure)
    await expect(done).rejects.toBe(failure)
    const told = progress.length
    expect([first?.signal.aborted, third?.signal.aborted]).toEqual([true, true])
    first?.send(2)
    first?.succeed()
    third?.fail(new StreamError('aborted', 'stopped'))
    await settle()
    expect([described.length, progress.length]).toEqual([3, told])
  })

  it('stops what is on its way when the caller aborts', async () => {
    const { env, puts, outside } = create()
    const done = uploadFiles([file('a')], env)
    await settle()
    expect(puts[0]?.signal.aborted).toBe(false)
    outside.abort()
    expect(puts[0]?.signal.aborted).toBe(true)
    puts[0]?.fail(new StreamError('aborted', 'stopped'))
    await expect(done).rejects.toMatchObject({ code: 'aborted' })
  })
})

describe('hasBlobs', () => {
  it.each<readonly [boolean, unknown]>([
    [true, new Blob([])],
    [true, { a: [{ b: file('x') }] }],
    [false, { a: [{ b: 'file.png' }] }],
    [false, null],
    [false, 'data:image/png;base64,AAAA'],
  ])('is %s for %o', (found, value) => {
    expect(hasBlobs(value)).toBe(found)
  })
})

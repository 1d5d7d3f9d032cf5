import { describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { clientTool, type AnyClientTool, type ClientToolContext } from './client-tool.ts'
import { defaultToolTimeoutMs, runTool } from './tool-body.ts'

type Run = (args: unknown, context: ClientToolContext) => unknown

function toolOf(run: Run, more: Partial<AnyClientTool> = {}): AnyClientTool {
  return { ...clientTool({ name: 'look', run }), ...more }
}

function start(tool: AnyClientTool) {
  const clock = createManualClock()
  const life = new AbortController()
  const progress: unknown[] = []
  const answers: (string | null)[] = []
  const onProgress = (told: unknown): void => void progress.push(told)
  const ended = runTool(tool, { id: '1', args: { a: 1 }, signal: life.signal, clock, onProgress }).then(
    (answer) => void answers.push(answer),
  )
  return { clock, life, progress, answers, ended }
}

/** What a tool returns with a `then` of its own. */
// oxlint-disable-next-line unicorn/no-thenable -- a tool may return one, and that is what is tested
const thenable = (then: PropertyDescriptor): object => Object.defineProperty({}, 'then', then)
const fail = (): never => {
  throw new Error('then')
}
const hostile = thenable({ value: fail })
const trapped = thenable({ get: fail })
const grudging = thenable({ value: (_: unknown, reject: (reason: unknown) => void) => reject('no') })

describe('runTool', () => {
  it.each<[string, Run, string]>([
    ['what it returns', () => ({ lat: 1 }), '{"lat":1}'],
    ['what it promises', async () => 'later', 'later'],
    ['its arguments and the id of its call', (args, { id }) => [args, id], '[{"a":1},"1"]'],
    [
      'that it threw',
      () => {
        throw new Error('at once')
      },
      '{"error":"at once"}',
    ],
    ['that it rejected', () => Promise.reject(new Error('later')), '{"error":"later"}'],
    ['that its thenable threw', () => hostile, '{"error":"then"}'],
    ['that its thenable rejected', () => grudging, '{"error":"no"}'],
    ['that its thenable could not be read', () => trapped, '{"error":"then"}'],
    ['that it gave nothing', () => {}, 'null'],
  ])('answers with %s, and leaves no timer', async (_, run, answer) => {
    const { clock, answers, ended } = start(toolOf(run))
    await ended
    expect([answers, clock.pendingCount]).toEqual([[answer], 0])
  })

  it('tells what is wrong with arguments, and does not run', async () => {
    const { answers, ended } = start(
      toolOf(() => expect.unreachable('its arguments are wrong'), {
        input: { type: 'object', properties: { a: { type: 'string' } } },
      }),
    )
    await ended
    expect(JSON.parse(answers[0] ?? '')).toEqual({
      error: expect.stringContaining('do not fit the tool look') as unknown,
      issues: expect.stringMatching(/^arguments\/a: /) as unknown,
    })
  })

  it.each([
    ['its own limit', 50, 50],
    ['five minutes', undefined, defaultToolTimeoutMs],
  ])('tells that it was stopped after %s', async (_, timeoutMs, limitMs) => {
    const reasons: unknown[] = []
    const tool = toolOf(
      (_args, { signal }) => {
        signal.addEventListener('abort', () => reasons.push(signal.reason))
        return new Promise(() => {})
      },
      timeoutMs === undefined ? {} : { timeoutMs },
    )
    const { clock, answers } = start(tool)
    await clock.advance(limitMs - 1)
    expect([answers, reasons]).toEqual([[], []])
    await clock.advance(1)
    expect(JSON.parse(answers[0] ?? '')).toEqual({
      error: expect.stringContaining(`${limitMs / 1000} s`) as unknown,
    })
    expect(reasons).toEqual([expect.objectContaining({ name: 'TimeoutError' })])
  })

  it('does not run a tool whose check took longer than its limit', async () => {
    let pass: (result: { value: unknown }) => void = () => {}
    const validate = (): Promise<{ value: unknown }> => new Promise((resolve) => (pass = resolve))
    let count = 0
    const tool = toolOf(() => count++, {
      timeoutMs: 10,
      input: { '~standard': { version: 1, vendor: 'test', validate } },
    })
    const { clock, answers } = start(tool)
    await clock.advance(10)
    expect(answers).toHaveLength(1)
    pass({ value: 1 })
    await clock.advance(0)
    expect([answers.length, count]).toEqual([1, 0])
  })

  it('ends by its signal without an answer, whatever the tool does then', async () => {
    let reject: (reason: Error) => void = () => {}
    let heard: AbortSignal | null = null
    const { clock, life, answers, ended, progress } = start(
      toolOf((_args, { signal, submitProgress }) => {
        heard = signal
        submitProgress(1)
        submitProgress(2)
        return new Promise((_, fail) => (reject = fail))
      }),
    )
    await clock.advance(0)
    life.abort()
    await ended
    reject(new Error('late'))
    await clock.advance(0)
    expect([answers, progress, clock.pendingCount]).toEqual([[null], [1], 0])
    expect(heard).toMatchObject({ aborted: true })
  })

  it('tells the last progress before the answer, and none that comes after it', async () => {
    let submit: ClientToolContext['submitProgress'] = () => {}
    const { clock, progress, ended } = start(
      toolOf((_args, { submitProgress }) => {
        submit = submitProgress
        for (let i = 0; i < 10; i++) submitProgress(i)
      }),
    )
    await ended
    submit('late')
    await clock.advance(1000)
    expect(progress).toEqual([0, 9])
  })
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demoApps } from './demo-apps.ts'
import { checkScript, endOf, taskAfter, type TaskScript } from './script.ts'
import { taskScript } from './task-script.ts'

const after = (script: TaskScript) => taskAfter(script, script.length)
const statuses = (script: TaskScript): readonly string[] => after(script).history.map(({ status }) => status)
const USUAL = [
  'received',
  'queued',
  'scheduled',
  'preparing',
  'serving',
  'setting_up',
  'running',
  'uploading',
  'completed',
]

describe('the usual life', () => {
  it('goes through every status of the reference', () => {
    expect(statuses(taskScript.usual())).toEqual(USUAL)
  })

  it('tells every log line and partial output in order, and all of its progress', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 12 }),
        fc.array(fc.integer(), { maxLength: 12 }),
        fc.nat({ max: 8 }),
        (logs, partials, progressSteps) => {
          const script = checkScript(taskScript.usual({ logs, partials, progressSteps, output: 'o' }))
          const task = after(script)
          expect(task.logs).toEqual(logs)
          expect(task.output).toBe('o')
          expect(task.partialOutput).toBe(partials.at(-1) ?? null)
          expect(task.progress).toEqual(
            progressSteps === 0 ? null : { current: progressSteps, total: progressSteps },
          )
        },
      ),
    )
  })
})

describe('the other lives', () => {
  it.each<[name: string, script: TaskScript, statuses: readonly string[]]>([
    ['fails', taskScript.fails(), [...USUAL.slice(0, 7), 'failed']],
    ['requeued', taskScript.requeued(), ['received', 'queued', 'scheduled', ...USUAL.slice(1)]],
    ['instant', taskScript.instant(), ['completed']],
    ['endless', taskScript.endless(), USUAL.slice(0, 7)],
    ['chatty', taskScript.chatty({ lines: 10, perSecond: 5 }), [...USUAL.slice(0, 7), 'completed']],
    ['deltas', taskScript.deltas({ text: 'hello' }), USUAL],
    ['silent', taskScript.silent(), USUAL],
    ['image', taskScript.image(), USUAL],
    ['video', taskScript.video(), USUAL],
    ['audio', taskScript.audio(), USUAL],
    ['files', taskScript.files(), USUAL],
  ])('%s goes its way in order of time', (_name, script, expected) => {
    expect(statuses(checkScript(script))).toEqual(expected)
  })

  it('fails with its error and without an output', () => {
    expect(after(taskScript.fails({ error: 'no disk' }))).toMatchObject({ error: 'no disk', output: null })
  })

  it('is silent about progress', () => {
    expect(taskScript.silent().every((step) => step.set?.progress === undefined)).toBe(true)
  })

  it('writes as many lines as asked, in the time that they need', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.integer({ min: 1, max: 1000 }),
        (lines, perSecond) => {
          const script = checkScript(taskScript.chatty({ lines, perSecond }))
          const first = script.findIndex((step) => step.logs !== undefined)
          const startMs = script[first - 1]?.atMs ?? 0
          const lastMs = script.at(-2)?.atMs ?? 0
          expect(after(script).logs).toHaveLength(lines)
          expect(lastMs - startMs).toBeCloseTo((lines / perSecond) * 1000)
          expect(script.length).toBeLessThan((lines / perSecond) * 100 + lines + 10)
        },
      ),
    )
  })

  it('generates a text whose pieces are the text, and never cuts a pair of surrogates', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 5 }), (text, pieceChars) => {
        const script = checkScript(taskScript.deltas({ text, pieceChars }))
        const pieces = script.flatMap(({ delta }) =>
          delta === undefined ? [] : [(delta as { readonly response: string }).response],
        )
        expect(pieces.join('')).toBe(text)
        expect(pieces.some((piece) => /\p{Cs}/u.test(piece))).toBe(false)
        expect(after(script).output).toEqual({ response: text })
      }),
    )
  })
})

describe('the demo apps', () => {
  const script = (app: string): TaskScript => {
    const choice = demoApps[app] ?? []
    return typeof choice === 'function' ? choice({ app, input: { prompt: 'a fox' } }) : choice
  }

  it.each(Object.keys(demoApps))('%s has a script in order, and takes as long as it says', (app) => {
    const endMs = endOf(checkScript(script(app)))
    if (app === 'demo/endless') expect(endMs).toBeNull()
    else if (app === 'demo/instant') expect(endMs).toBe(0)
    else {
      expect(endMs).toBeGreaterThanOrEqual(7900)
      expect(endMs).toBeLessThanOrEqual(15_000)
    }
  })

  it.each(['demo/image', 'demo/video', 'demo/audio', 'demo/files'])(
    '%s tells its stages, its log, what there is so far, and what it was asked for',
    (app) => {
      const steps = script(app)
      const stages = steps.flatMap(({ set }) =>
        typeof set?.progress === 'object' && set.progress !== null ? [set.progress.stage] : [],
      )
      expect(new Set(stages).size).toBeGreaterThan(1)
      expect(stages).not.toContain(undefined)
      expect(steps.some(({ set }) => set?.partialOutput !== undefined)).toBe(true)
      expect(after(steps).logs.join('\n')).toContain('a fox')
      expect(after(steps).progress).toMatchObject({ current: stages.length, total: stages.length })
      expect(statuses(steps)).toEqual(USUAL)
    },
  )

  it('show an image that gets sharper', () => {
    const seen = script('demo/image').flatMap(({ set }) => [set?.partialOutput, set?.output])
    expect(seen.filter((value) => value !== undefined).map((value) => JSON.stringify(value))).toEqual(
      ['preview-1', 'preview-2', 'preview-3', 'image'].map(
        (name) => expect.stringContaining(`${name}.png`) as unknown,
      ),
    )
  })

  it('write 5,000 lines of which none is empty', () => {
    const { logs, progress } = after(script('demo/chatty'))
    expect(logs).toHaveLength(5000)
    expect(logs.every((line) => line.trim() !== '' && !line.includes('NaN') && !line.includes('\n'))).toBe(
      true,
    )
    expect(progress).toMatchObject({ total: 5000 })
  })

  it('speak of something when nothing was asked for', () => {
    for (const input of [{}, null, { prompt: ' ' }, { prompt: 7 }]) {
      for (const choice of Object.values(demoApps)) {
        const steps = typeof choice === 'function' ? choice({ input }) : choice
        expect(JSON.stringify(steps)).not.toMatch(/undefined|“”/)
      }
    }
  })
})

import * as fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { concatBytes, utf8 } from '../../test/bytes.ts'
import { closeLogText, emptyLogText, readLogText, visible } from './log-text.ts'

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

/** What is emitted when these contents come one after the other and the task then ends. */
function emitted(contents: readonly string[]): string[] {
  let text = emptyLogText
  const all: string[] = []
  for (const content of contents) {
    const step = readLogText(text, content)
    text = step.text
    all.push(...step.lines)
  }
  return [...all, ...closeLogText(text).lines]
}

/** The lines of a text: what a terminal shows of each, an unended last one included. */
function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map(visible)
}

const texts = fc
  .array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom('\n', '\r', '\r\n', ' ', 'step 1', 'é', '漢字', '🙂', '=', '\uFEFF'),
      },
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))
/** Where a text is cut, as shares of its length; with a share that is shown once more, late. */
const cuts = fc.array(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), late: fc.boolean() }), {
  maxLength: 12,
})

/** Growing prefixes of something, with stale ones in between, the whole last. */
function reveal<T>(
  whole: T,
  length: number,
  plan: readonly { readonly share: number; readonly late: boolean }[],
  prefix: (whole: T, length: number) => string,
): string[] {
  const places = plan.map(({ share, late }) => ({ end: Math.round(share * length), late }))
  const ordered = [...places].sort((a, b) => a.end - b.end)
  const contents = ordered.flatMap(({ end, late }) => [
    prefix(whole, end),
    ...(late ? [prefix(whole, ordered[0]?.end ?? 0), prefix(whole, Math.floor(end / 2))] : []),
  ])
  return [...contents, prefix(whole, length)]
}

const textUpTo = (text: string, end: number): string => text.slice(0, end)
const bytesUpTo = (bytes: Uint8Array, end: number): string => base64(bytes.subarray(0, end))

describe('readLogText', () => {
  afterEach(() => vi.restoreAllMocks())

  it('emits each line of a base64 log once and in order, wherever its bytes are cut', () => {
    fc.assert(
      fc.property(texts, cuts, (text, plan) => {
        const bytes = utf8(text)
        expect(emitted(reveal(bytes, bytes.length, plan, bytesUpTo))).toEqual(linesOf(text))
      }),
      { numRuns: 300 },
    )
  })

  it('emits each line of a plain log once and in order, wherever its text is cut', () => {
    fc.assert(
      fc.property(texts, cuts, (body, plan) => {
        const text = `> ${body}`
        expect(emitted(reveal(text, text.length, plan, textUpTo))).toEqual(linesOf(text))
      }),
      { numRuns: 300 },
    )
  })

  it('reads a plain log that looks like base64 at first as soon as it no longer does', () => {
    const words = fc.array(fc.constantFrom('DONE', 'load', 'abcd', 'Zm9v', '\n', 'ready1', '=='), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(words, cuts, (parts, plan) => {
        const text = `${parts.join('')} .\n`
        expect(emitted(reveal(text, text.length, plan, textUpTo))).toEqual(linesOf(text))
      }),
    )
  })

  it('holds a character until its last byte has come', () => {
    const bytes = utf8('é漢🙂\n')
    for (let end = 1; end < bytes.length; end++) {
      const half = readLogText(emptyLogText, bytesUpTo(bytes, end))
      expect(half.lines).toEqual([])
      expect('é漢🙂'.startsWith(half.text.tail)).toBe(true)
      expect(readLogText(half.text, base64(bytes)).lines).toEqual(['é漢🙂'])
    }
  })

  it('ignores what is empty, repeated or late: the same reference', () => {
    for (const form of [(text: string) => text, (text: string) => base64(utf8(text))]) {
      const { text } = readLogText(emptyLogText, form('one\ntwo\nthr'))
      for (const late of ['', form('one\ntwo\nthr'), form('one\nt'), form('one\ntw')]) {
        expect(readLogText(text, late)).toEqual({ text, lines: [] })
        expect(readLogText(text, late).text).toBe(text)
      }
    }
  })

  it('emits the lines behind the common ones of a log that was written anew', () => {
    const line = fc.constantFrom('a', 'b', 'c')
    fc.assert(
      fc.property(fc.array(line), fc.array(line), fc.array(line), (common, before, after) => {
        fc.pre(before[0] !== after[0] && before.length > 0 && after.length > 0)
        const write = (lines: readonly string[]): string => ['>', ...common, ...lines, ''].join('\n')
        expect(emitted([write(before), write(after)])).toEqual(['>', ...common, ...before, ...after])
      }),
    )
  })

  it('keeps of a meter that never ends its line what it shows', () => {
    let text = emptyLogText
    let content = '> load\n'
    for (let percent = 0; percent <= 100; percent++) {
      content += `\r${percent}%`
      text = readLogText(text, content).text
      expect(visible(text.tail)).toBe(`${percent}%`)
      expect(text.tail.length).toBeLessThan(8)
    }
    expect(readLogText(text, `${content}\n`).lines).toEqual(['100%'])
  })

  it('keeps a very long line whole', () => {
    const long = 'x'.repeat(200_000)
    expect(emitted([`> ${long}`, `> ${long}y`, `> ${long}y\n`])).toEqual([`> ${long}y`])
  })

  it('decodes only what is new of a growing base64 log', () => {
    const decode = vi.spyOn(globalThis, 'atob')
    let bytes = new Uint8Array(0)
    let text = emptyLogText
    for (let line = 0; line < 300; line++) {
      bytes = new Uint8Array(concatBytes([bytes, utf8(`line ${line}\n`)]))
      text = readLogText(text, base64(bytes)).text
    }
    const decoded = decode.mock.calls.reduce((sum, [part]) => sum + part.length, 0)
    expect(decoded).toBeLessThan(text.content.length * 2)
  })
})

describe('closeLogText', () => {
  const { text } = readLogText(emptyLogText, '> one\ntw')

  it('emits the unended line, once', () => {
    const closed = closeLogText(text)
    expect(closed.lines).toEqual(['tw'])
    expect(closeLogText(closed.text)).toEqual({ text: closed.text, lines: [] })
  })

  it.each([
    ['the end of that line adds nothing', '> one\ntw\n', []],
    ['nor does one with a carriage return', '> one\ntw\r\n', []],
    ['what follows it is a line', '> one\ntw\nthree\n', ['three']],
    ['what goes on is a line of its own', '> one\ntwo\n', ['o']],
    ['an empty line behind it is one', '> one\ntw\n\n', ['']],
  ])('%s', (_name, content, lines) => {
    expect(readLogText(closeLogText(text).text, content).lines).toEqual(lines)
  })

  it('stays closed while only part of a character comes', () => {
    const bytes = utf8('one🙂')
    const closed = closeLogText(readLogText(emptyLogText, bytesUpTo(bytes, 4)).text)
    expect(closed.lines).toEqual(['one'])
    const more = readLogText(closed.text, bytesUpTo(bytes, 5))
    expect([more.lines, more.text.closed]).toEqual([[], true])
  })
})

describe('visible', () => {
  it.each([
    ['plain', 'plain'],
    ['windows\r', 'windows'],
    ['10%\r20%', '20%'],
    ['10%\r20%\r', '20%'],
    ['gone\r\r', ''],
    ['', ''],
  ])('%j shows %j', (line, shown) => {
    expect(visible(line)).toBe(shown)
  })
})

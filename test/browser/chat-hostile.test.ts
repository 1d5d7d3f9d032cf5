/**
 * Hostile texts in every place of a chat, in a real browser without a policy that would save it: nothing of them runs, loads or
 * becomes markup, while they are streamed and when they are read again.
 */
import { existsSync, readFileSync } from 'node:fs'
import { agentScript, type AgentTurn } from '@taskstream/core/testing'
import type { Request } from 'playwright'
import { describe, expect, test } from 'vitest'
import { sayElsewhere, startChat } from './chat-screen.ts'
import { createFigures } from './figures.ts'
import { hostileAddresses, hostileTexts } from './hostile-chat.ts'
import { openWatched, readTwice, unfoldAll } from './hostile-page.ts'
import { show, speak, surround } from './hostile-turns.ts'
import { until } from './until.ts'
import { createWorlds } from './world.ts'

const newWorld = createWorlds()
const note = createFigures('hostile texts in a chat')

interface Corpus {
  readonly payloads: readonly { readonly kind: string; readonly payload: string }[]
}

const corpusFile = new URL('../../../shared/fixtures/xss-corpus.json', import.meta.url)
const corpus: Corpus['payloads'] = existsSync(corpusFile)
  ? (JSON.parse(readFileSync(corpusFile, 'utf8')) as Corpus).payloads
  : []

/** Messages of one page, half of them what tools answered. */
const batchSize = 80
/** Of the two large kinds one case in so many: a run takes a minute that way. The tests of `Markdown` read every one. */
const corpusStride = 3

/** Shows all texts, batch by batch; what was asked of strangers meanwhile. */
async function readAll(
  what: string,
  texts: readonly string[],
  script: (texts: readonly string[]) => AgentTurn,
): Promise<readonly Request[]> {
  const startedAtMs = Date.now()
  const foreign: Request[] = []
  for (let from = 0; from < texts.length; from += batchSize) {
    const batch = texts.slice(from, from + batchSize)
    foreign.push(...(await readTwice(await newWorld({ agents: script(batch) }), batch.length)))
  }
  note(`${texts.length} ${what}:`, Date.now() - startedAtMs)
  return foreign
}

const urlsOf = (requests: readonly Request[]): readonly string[] => requests.map((one) => one.url())

test('the watch sees what it looks for', async () => {
  const world = await newWorld()
  const { page, harm } = await openWatched(world, await startChat(world))
  await page.evaluate(() => {
    const place = document.createElement('div')
    place.innerHTML =
      '<img src="data:," onerror="alert(1)"><a id="location" href="java\tscript:x">x</a><form action="x"></form><p style="position:fixed">'
    document.querySelector('[data-slot=agent-chat]')?.append(place)
  })
  await until(async () => (await harm()).includes('alert() was called.'))
  expect((await harm()).toSorted()).toEqual(
    [
      'alert() was called.',
      'img has onerror.',
      'img has src="data:,".',
      'a has the id location.',
      'a has href="java\tscript:x".',
      'A link has rel="".',
      'There is a FORM.',
      'form has action.',
      'form has action="x".',
      'p has the style position:fixed.',
    ].toSorted(),
  )
})

describe('texts of our own', () => {
  test('as whatever stands beside messages, as questions, and as the reason of a failure', async () => {
    const all = hostileTexts.join(' ')
    const world = await newWorld({
      agents: ({ turnIndex }) => (turnIndex === 0 ? surround() : [{ type: 'fail', error: all, atMs: 20 }]),
      agentCards: { 'acme/guide': { description: all, examplePrompts: hostileTexts } },
    })
    const chatId = await startChat(world)
    const { page, foreign, harm } = await openWatched(world, chatId)
    await page.getByRole('group', { name: 'Suggestions' }).waitFor()
    expect(await harm()).toEqual([])

    await sayElsewhere(world, chatId, 'Begin')
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    await unfoldAll(page)
    for (const name of ['Add a reason', 'Always allow…']) await page.getByRole('button', { name }).click()
    await until(() =>
      page.evaluate(() => document.querySelectorAll('[data-slot=agent-chat-elicitation]').length > 0),
    )
    expect(await harm()).toEqual([])

    await page.getByRole('button', { name: 'Stop' }).click()
    await page.locator('[data-slot=agent-chat][data-status=ready]').waitFor()
    await sayElsewhere(world, chatId, all)
    await page.locator('[data-slot=agent-chat][data-status=error]').waitFor()
    await unfoldAll(page)
    expect(await harm()).toEqual([])
    expect(urlsOf(foreign)).toEqual([])
  })

  test('as names of files, and as what a person says', async () => {
    const world = await newWorld({ agents: agentScript.usual({ text: 'Thanks.' }) })
    const { page, foreign, harm } = await openWatched(world, await startChat(world))
    const names = hostileTexts.map(
      (text, index) =>
        `${text.replaceAll('/', '\u2215').slice(0, 120)}.${['txt', 'png', 'svg', 'html'][index % 4]}`,
    )
    await page.locator('input[type=file]').setInputFiles(
      names.map((name) => ({
        name,
        mimeType: 'text/html',
        buffer: Buffer.from('<script>alert(1)</script>'),
      })),
    )
    await page.getByRole('textbox', { name: 'Message' }).fill(hostileTexts.join('\n'))
    expect(await harm()).toEqual([])
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('[data-slot=agent-chat-message][data-role=assistant][data-status=ready]').waitFor()
    expect(await harm()).toEqual([])
    await page.reload()
    await page.locator('[data-slot=agent-chat-message][data-role=assistant]').waitFor()
    await unfoldAll(page)
    expect(await page.locator('[data-slot=agent-chat-attachment]').count()).toBe(names.length)
    expect(await harm()).toEqual([])
    expect(urlsOf(foreign)).toEqual([])
  })

  test('as text, thought, name, arguments and result of a tool', async () => {
    const foreign = await readAll('own texts', hostileTexts, speak)
    expect(urlsOf(foreign)).toEqual([])
  })

  test('as addresses of pictures and files', async () => {
    const foreign = await readAll('own addresses', hostileAddresses, show)
    expect(urlsOf(foreign)).toEqual([])
  })
})

describe.skipIf(corpus.length === 0)('the corpus of hostile texts, which lies beside the repository', () => {
  const ofKind = (kind: string): readonly string[] => {
    const all = corpus.filter((one) => one.kind === kind).map(({ payload }) => payload)
    return all.length < 100 ? all : all.filter((_, index) => index % corpusStride === 0)
  }

  test.each(['markdown', 'html', 'text'])('of the kind %s', { timeout: 240_000 }, async (kind) => {
    const cases = ofKind(kind)
    expect(cases.length).toBeGreaterThan(10)
    const foreign = await readAll(`of the kind ${kind}`, cases, speak)
    expect(urlsOf(foreign)).toEqual([])
  })

  test('of the kind url, in Markdown', { timeout: 240_000 }, async () => {
    const wrapped = ofKind('url').map((url) => `[x](${url}) ![x](${url}) <${url}>\n\n[x][y]\n\n[y]: ${url}`)
    const foreign = await readAll('of the kind url, in Markdown', wrapped, speak)
    expect(urlsOf(foreign)).toEqual([])
  })

  test('of the kind url, as addresses: only pictures are loaded', { timeout: 240_000 }, async () => {
    const foreign = await readAll('of the kind url, as addresses', ofKind('url'), show)
    // A picture that a message or a tool gives as such is loaded.
    const others = foreign.filter((one) => !['image', 'media'].includes(one.resourceType()))
    expect(urlsOf(others)).toEqual([])
  })
})

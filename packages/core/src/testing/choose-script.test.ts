import { describe, expect, it } from 'vitest'
import { chooseScript, readAppName } from './choose-script.ts'
import type { TaskScript } from './script.ts'

describe('the reference to an app', () => {
  it.each([
    ['acme/flux', 'acme/flux'],
    ['acme/flux@k3f9x2ab', 'acme/flux'],
    ['acme/flux@latest:run', 'acme/flux'],
    ['acme/flux:run', 'acme/flux'],
    ['app/acme/flux@1', 'acme/flux'],
    ['agent/acme/helper', 'acme/helper'],
    ['google/veo-3-1-fast', 'google/veo-3-1-fast'],
    ['flux', null],
    ['', null],
    ['acme/', null],
    ['tool/acme/flux', null],
    ['acme/flux@', null],
    ['acme/fl ux', null],
  ])('%s names %s', (reference, name) => {
    expect(readAppName(reference)).toBe(name)
  })
})

describe('the script of a run', () => {
  const named = (name: string): TaskScript => [{ atMs: 0, logs: [name] }]
  const byApp = {
    'demo/*': named('demo'),
    'demo/video': named('video'),
    'd*/v*': named('late'),
    'a.c/x*': (body: { readonly input?: unknown }) => named(String(body.input)),
    'id-1': named('by id'),
  }

  it.each([
    ['an exact name before a pattern', { app: 'demo/video@2' }, 'video'],
    ['the first pattern that fits', { app: 'demo/other' }, 'demo'],
    ['a later pattern', { app: 'dem/vx' }, 'late'],
    ['a function, with the body', { app: 'a.c/xyz', input: 'hello' }, 'hello'],
    ['an id', { app_id: 'id-1' }, 'by id'],
    ['nothing, for a dot is only a dot', { app: 'abc/xyz' }, null],
    ['nothing, for an app that is unknown', { app: 'other/app' }, null],
    ['nothing, for a name of every object', { app_id: 'toString' }, null],
  ])('is chosen by %s', (_name, body, expected) => {
    expect(chooseScript(byApp, body)?.[0]?.logs?.[0] ?? null).toBe(expected)
  })

  it('is the one for all apps, whatever the app is', () => {
    expect(chooseScript(named('all'), { app: 'x/y' })).toEqual(named('all'))
    expect(chooseScript(() => named('made'), { app: 'x/y' })).toEqual(named('made'))
    expect(chooseScript(undefined, {})?.at(-1)?.set?.status).toBe('completed')
  })
})

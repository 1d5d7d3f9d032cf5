import { describe, expect, it } from 'vitest'
import { createQueuedLocks, createSharedStorage, stateOfCalls } from '../../test/tool-world.ts'
import { StreamError } from '../errors.ts'
import type { LocalAgentEvent } from '../protocol/local-agent-event.ts'
import { type AgentState, initialAgent } from '../state/agent.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { clientTool, type AnyClientTool, type ClientToolContext } from './client-tool.ts'
import { createToolLedger } from './tool-ledger.ts'
import { createToolLocks, type ToolLocks } from './tool-locks.ts'
import { createToolRunner, graceMs, missingAfterMs, type ToolRunner } from './tool-runner.ts'

const due = stateOfCalls([{}])
const completed = stateOfCalls([{ status: 'completed' }])

interface Tab {
  readonly runner: ToolRunner
  readonly events: readonly LocalAgentEvent[]
  readonly types: () => readonly string[]
  readonly sent: readonly string[]
}

/** One browser: what its tabs share. */
function createBrowser(locks: ToolLocks = createToolLocks(createQueuedLocks())) {
  const clock = createManualClock()
  const storage = createSharedStorage()
  return {
    clock,
    openTab: (
      answer: (attempt: number) => Promise<void> = async () => {},
      isMissingAnswered = false,
    ): Tab => {
      const events: LocalAgentEvent[] = []
      const sent: string[] = []
      const runner = createToolRunner({
        clock,
        locks,
        ledger: createToolLedger(storage, 'a', clock),
        scope: 'a',
        submit: (id, result) => answer(sent.push(`${id} ${result}`)),
        fold: (folded) => void events.push(...folded),
        isMissingAnswered,
      })
      return { runner, events, sent, types: () => events.map(({ type }) => type) }
    },
  }
}

function toolOf(run: (args: unknown, context: ClientToolContext) => unknown, name = 'look'): AnyClientTool {
  return clientTool({ name, run })
}
const unreachable = toolOf(() => expect.unreachable('it must not run'))
const broken = (): Promise<void> => Promise.reject(new StreamError('network', 'Cut.', { retryable: true }))

describe('createToolRunner', () => {
  it('runs a call, shows how far it is, and answers it', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, events, sent } = openTab()
    runner.lend([
      toolOf((args, { id, submitProgress }) => {
        submitProgress('half')
        return [args, id]
      }),
    ])
    runner.update(due)
    expect(events).toEqual([])
    await clock.advance(0)
    expect(events).toEqual([
      { type: 'tool-begun', id: '1' },
      { type: 'tool-progressed', id: '1', progress: 'half' },
      { type: 'tool-answered', id: '1', result: '[{"a":1},"1"]' },
      { type: 'tool-settled', id: '1', error: null },
    ])
    expect([sent, clock.pendingCount]).toEqual([['1 [{"a":1},"1"]'], 0])
  })

  it('L13: runs it once, however often it is told, and after reloads of the chat', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab()
    runner.lend([toolOf(() => 'done')])
    for (let i = 0; i < 5; i++) {
      runner.update(stateOfCalls([{}]))
      await clock.advance(0)
      runner.update({ ...stateOfCalls([]), isLoaded: false })
      runner.update(completed)
      runner.update(stateOfCalls([]))
    }
    expect(sent).toEqual(['1 done'])
  })

  it('L13: runs it in one of two tabs', async () => {
    const { clock, openTab } = createBrowser()
    const tabs = [openTab(), openTab()]
    for (const { runner } of tabs) {
      runner.lend([toolOf(() => 'done')])
      runner.update(due)
    }
    await clock.advance(5000)
    expect(tabs.map(({ sent }) => sent)).toEqual([['1 done'], []])
  })

  it('L13: does not run it again after a reload, and tells the agent that it was interrupted', async () => {
    const { clock, openTab } = createBrowser()
    const old = openTab()
    old.runner.lend([toolOf(() => new Promise(() => {}))])
    old.runner.update(due)
    await clock.advance(0)
    old.runner.close()
    const { runner, sent, types } = openTab()
    runner.lend([unreachable])
    runner.update(due)
    await clock.advance(graceMs - 1)
    expect(sent).toEqual([])
    await clock.advance(1)
    expect(sent).toEqual([expect.stringMatching(/^1 {"error":".*interrupted.*may or may not/)])
    expect(types()).toEqual(['tool-answered', 'tool-settled'])
    expect(old.types()).toEqual(['tool-begun'])
  })

  it('tells no interruption when the answer shows after all', async () => {
    const { clock, openTab } = createBrowser()
    const old = openTab(() => new Promise(() => {}))
    old.runner.lend([toolOf(() => 'done')])
    old.runner.update(due)
    await clock.advance(0)
    old.runner.close()
    const { runner, types } = openTab()
    runner.lend([unreachable])
    runner.update(due)
    await clock.advance(graceMs / 2)
    runner.update(completed)
    await clock.advance(graceMs)
    expect([types(), clock.pendingCount]).toEqual([[], 0])
  })

  it('L13: without locks, gives another tab the time that its tool may take', async () => {
    const { clock, openTab } = createBrowser(createToolLocks(null))
    const [first, second] = [openTab(), openTab()]
    let finish: (value: string) => void = () => {}
    first.runner.lend([toolOf(() => new Promise((resolve) => (finish = resolve)))])
    first.runner.update(due)
    await clock.advance(0)
    second.runner.lend([unreachable])
    second.runner.update(due)
    await clock.advance(299_000)
    finish('done')
    await clock.advance(10_000)
    expect([first.sent, second.sent]).toEqual([['1 done'], []])
  })

  it('leaves a call alone that was answered, though it is still open', async () => {
    const { clock, openTab } = createBrowser()
    for (const expected of [['1 done'], []]) {
      const { runner, sent } = openTab()
      runner.lend([toolOf(() => 'done')])
      runner.update(due)
      await clock.advance(5000)
      expect(sent).toEqual(expected)
      runner.close()
    }
  })

  it('looks again when a tool is lent, and forgets one that is taken back', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab()
    const takeBack = runner.lend([toolOf(() => 'first', 'other')])
    runner.update(due)
    takeBack()
    takeBack()
    expect(runner.hasTool('other')).toBe(false)
    runner.lend([unreachable])()
    await clock.advance(0)
    expect(sent).toEqual([])
    runner.lend([toolOf(() => 'second')])
    runner.lend([unreachable])
    expect(runner.hasTool('look')).toBe(true)
    await clock.advance(0)
    expect(sent).toEqual(['1 second'])
  })

  it('lets a tool go on that is taken back while it runs', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab()
    let finish: (value: string) => void = () => {}
    const takeBack = runner.lend([toolOf(() => new Promise((resolve) => (finish = resolve)))])
    runner.update(due)
    await clock.advance(0)
    takeBack()
    finish('done')
    await clock.advance(0)
    expect(sent).toEqual(['1 done'])
  })

  it.each<[string, AgentState]>([
    ['was cancelled with its turn', stateOfCalls([{ status: 'cancelled' }])],
    ['was answered elsewhere', completed],
    ['is gone', stateOfCalls([])],
  ])('stops a tool whose call %s, and answers nothing', async (_, over) => {
    const { clock, openTab } = createBrowser()
    const { runner, sent, types } = openTab()
    let isAborted = false
    runner.lend([
      toolOf((_args, { signal }) => {
        signal.addEventListener('abort', () => (isAborted = true))
        return new Promise(() => {})
      }),
    ])
    runner.update(due)
    await clock.advance(0)
    runner.update(over)
    await clock.advance(0)
    expect([isAborted, sent, types(), clock.pendingCount]).toEqual([
      true,
      [],
      ['tool-begun', 'tool-settled'],
      0,
    ])
  })

  it('does not stop a tool because its chat is not loaded, or because its call waits for a person', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab()
    let finish: (value: string) => void = () => {}
    runner.lend([toolOf(() => new Promise((resolve) => (finish = resolve)))])
    runner.update(due)
    await clock.advance(0)
    runner.update(initialAgent)
    runner.update(stateOfCalls([{ status: 'awaiting_input', widget: {} }]))
    finish('done')
    await clock.advance(0)
    expect(sent).toEqual(['1 done'])
  })

  it('tries again until the answer is taken, or nobody waits for it', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent, types } = openTab(broken)
    runner.lend([toolOf(() => 'done')])
    runner.update(due)
    await clock.advance(300_000)
    expect(sent.length).toBeGreaterThan(10)
    expect(types()).toEqual(['tool-begun', 'tool-answered'])
    runner.update(completed)
    await clock.advance(0)
    expect([types().slice(2), clock.pendingCount]).toEqual([['tool-settled'], 0])
  })

  it('settles with the refusal of an answer, once', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent, events } = openTab(() => Promise.reject(new StreamError('forbidden', 'No.')))
    runner.lend([toolOf(() => 'done')])
    runner.update(due)
    await clock.advance(0)
    runner.update(stateOfCalls([{}]))
    await clock.advance(100_000)
    expect(sent).toEqual(['1 done'])
    expect(events.at(-1)).toEqual({
      type: 'tool-settled',
      id: '1',
      error: expect.objectContaining({ code: 'forbidden' }) as unknown,
    })
  })

  it('answers for a tool that nobody lends, where it is told to', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab(undefined, true)
    runner.update(due)
    await clock.advance(missingAfterMs - 1)
    expect(sent).toEqual([])
    await clock.advance(1)
    expect(sent).toEqual([expect.stringMatching(/^1 {"status":"not_available","message":".*look/)])
    runner.lend([unreachable])
    runner.update(stateOfCalls([{}]))
    await clock.advance(10_000)
    expect([sent.length, clock.pendingCount]).toEqual([1, 0])
  })

  it('runs a tool that is lent in time, and answers for no tool otherwise', async () => {
    const { clock, openTab } = createBrowser()
    const [asked, silent] = [openTab(undefined, true), openTab()]
    silent.runner.update(due)
    asked.runner.update(due)
    await clock.advance(missingAfterMs / 2)
    asked.runner.lend([toolOf(() => 'done')])
    await clock.advance(100_000)
    expect([asked.sent, silent.sent, clock.pendingCount]).toEqual([['1 done'], [], 0])
  })

  it('answers for a tool that was taken back before it was its turn', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab(undefined, true)
    runner.update(due)
    runner.lend([unreachable])()
    await clock.advance(missingAfterMs)
    expect(sent).toEqual([expect.stringContaining('not_available')])
  })

  it.each<[string, readonly AnyClientTool[], () => Promise<void>]>([
    ['a tool that runs', [toolOf(() => new Promise(() => {}))], broken],
    ['an answer that is under way', [toolOf(() => 'done')], () => new Promise(() => {})],
    ['an answer that is tried again', [toolOf(() => 'done')], broken],
    ['a tool that is missing', [], broken],
  ])('leaves nothing of %s after its close', async (_, tools, answer) => {
    const { clock, openTab } = createBrowser()
    const { runner, types, sent } = openTab(answer, true)
    runner.lend(tools)
    runner.update(due)
    await clock.advance(10)
    const before = [types().length, sent.length]
    expect(before).not.toEqual(tools.length === 0 ? [1, 1] : [0, 0])
    runner.close()
    runner.close()
    runner.lend([unreachable])
    runner.update(stateOfCalls([{ id: '2' }]))
    await clock.advance(100_000)
    expect([types().length, sent.length, clock.pendingCount]).toEqual([...before, 0])
  })

  it('tells of an interruption when a call comes back that was gone', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab()
    let count = 0
    runner.lend([toolOf(() => new Promise(() => count++))])
    for (const state of [due, stateOfCalls([]), stateOfCalls([{}])]) {
      runner.update(state)
      await clock.advance(graceMs)
    }
    expect([count, sent]).toEqual([1, [expect.stringContaining('interrupted')]])
  })

  it('runs several calls at once, each under a name of its own', async () => {
    const { clock, openTab } = createBrowser()
    const { runner, sent } = openTab()
    runner.lend([toolOf((_args, { id }) => (id === '1' ? new Promise(() => {}) : id))])
    runner.update(stateOfCalls([{}, { id: '2' }, { id: '3', kind: 'app' }]))
    await clock.advance(0)
    expect(sent).toEqual(['2 2'])
  })
})

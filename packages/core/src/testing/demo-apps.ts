import { compose, exhaust, film, paint, report } from './demo-works.ts'
import type { TaskScript, TaskStep } from './script.ts'
import type { ScriptsByApp, RunBody } from './simulator-options.ts'
import { taskScript } from './task-script.ts'
import { trainingLine } from './training-log.ts'

/**
 * Apps for examples, one for each kind of life and of output; give it to `createSimulator` as its `script`. At speed 1 each
 * takes 8 to 15 seconds, but for `demo/instant`, which takes none, and `demo/endless`, which has to be cancelled. Those
 * that speak of the prompt read `input.prompt`.
 */
export const demoApps: ScriptsByApp = {
  'demo/image': (body) => paint(readPrompt(body, 'mountains at dusk')),
  'demo/video': (body) => film(readPrompt(body, 'a sunset timelapse')),
  'demo/audio': (body) => compose(readPrompt(body, 'calm')),
  'demo/files': (body) => report(readPrompt(body, 'an evening')),
  'demo/text': (body) =>
    taskScript.deltas({ text: tell(readPrompt(body, 'a fox in the snow')), everyMs: 50 }),
  'demo/fails': () => exhaust(),
  'demo/endless': () => taskScript.endless(),
  'demo/chatty': () => train(5000),
  'demo/silent': () => taskScript.silent({ stepMs: 700 }),
  'demo/instant': () => taskScript.instant(),
  'demo/requeued': () => taskScript.requeued({ stepMs: 560 }),
  'demo/slow-start': () => delayed(taskScript.usual({ stepMs: 400 }), 8000),
  'demo/uploads': (body) => taskScript.usual({ stepMs: 640, output: { received: body.input ?? null } }),
}

/** Writes a log of so many lines in 11 seconds, and says now and then how far it is. */
function train(lines: number): TaskScript {
  let written = 0
  const script = taskScript.chatty({ lines, perSecond: lines / 11, line: trainingLine })
  return script.map((step, index): TaskStep => {
    written += step.logs?.length ?? 0
    if (step.logs === undefined || index % 50 !== 0) return step
    return { ...step, set: { progress: { current: written, total: lines, stage: 'Training' } } }
  })
}

/** Lets a task wait in the queue for `byMs` milliseconds longer. */
function delayed(script: TaskScript, byMs: number): TaskScript {
  const queued = script.findIndex((step) => step.set?.status === 'queued')
  return script.map((step, index): TaskStep => (index > queued ? { ...step, atMs: step.atMs + byMs } : step))
}

function readPrompt(body: RunBody, otherwise: string): string {
  const { input } = body
  const prompt = typeof input === 'object' && input !== null && 'prompt' in input ? input.prompt : null
  return typeof prompt === 'string' && prompt.trim() !== '' ? prompt.trim() : otherwise
}

function tell(prompt: string): string {
  return [
    `You asked for ${prompt}.`,
    'I cannot show it to you, but I can tell you how this text comes to you. A few letters at a time leave the server, ' +
      'each with a number. They cross a network that may break between any two of them.',
    'When it does, the line is opened again, the server says what the text is by now, and the next letters go where they ' +
      'belong. Nothing is lost and nothing is said twice – not even this 🌙, which takes four bytes and may well have ' +
      'come in two halves.',
    'Try it: go offline for a moment and come back. The words wait for you.',
    'That is all there is to say about it. Everything else is in the log below.',
  ].join('\n\n')
}

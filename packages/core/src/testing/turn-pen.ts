import type { AgentAct, AgentStep, AgentTurn } from './agent-script.ts'

/** How fast a model writes. */
export interface AgentPace {
  /** Milliseconds before the first piece, and before a tool ends; default 300. */
  readonly stepMs?: number
  /** Milliseconds between two pieces; default 30. */
  readonly everyMs?: number
  /** Characters in a piece, 1 or more; default 4. */
  readonly pieceChars?: number
  /** After how many pieces the server stores what was said so far (P§4.6); default 8, 0 for only at the end. */
  readonly storeEvery?: number
}

/** Writes the steps of a turn one after the other. */
export interface TurnPen {
  /** What was written so far. */
  readonly steps: AgentTurn
  /** Lets time pass; default `stepMs`. */
  wait(ms?: number): TurnPen
  /** Adds a step that takes no time. */
  add(act: AgentAct): TurnPen
  /** Says reasoning, piece by piece. */
  think(text: string): TurnPen
  /** Says text, piece by piece. */
  say(text: string): TurnPen
  /** Writes a call, its arguments piece by piece. */
  call(call: string, name: string, args: unknown): TurnPen
}

/** Makes a pen at the begin of a turn, or after an answer. */
export function createTurnPen(pace: AgentPace = {}): TurnPen {
  const { stepMs = 300, everyMs = 30, pieceChars = 4, storeEvery = 8 } = pace
  const steps: AgentStep[] = []
  let atMs = 0
  let pieces = 0
  const write = (text: string, actOf: (piece: string) => AgentAct): TurnPen => {
    for (const piece of cut(text, pieceChars)) {
      atMs += everyMs
      steps.push({ ...actOf(piece), atMs })
      pieces++
      if (storeEvery > 0 && pieces % storeEvery === 0) steps.push({ type: 'store', atMs })
    }
    return pen
  }
  const pen: TurnPen = {
    steps,
    wait(ms = stepMs) {
      atMs += ms
      return pen
    },
    add(act) {
      steps.push({ ...act, atMs })
      // Why: what comes after a wait counts from the answer.
      if (act.type === 'await') atMs = 0
      return pen
    },
    think: (text) => write(text, (piece) => ({ type: 'reasoning', text: piece })),
    say: (text) => write(text, (piece) => ({ type: 'text', text: piece })),
    call: (call, name, args) =>
      write(JSON.stringify(args), (piece) => ({ type: 'call', call, name, args: piece })),
  }
  return pen
}

// Why by code point: half a character cannot be sent.
function cut(text: string, size: number): readonly string[] {
  const chars = Array.from(text)
  return Array.from({ length: Math.ceil(chars.length / size) }, (_, index) =>
    chars.slice(index * size, (index + 1) * size).join(''),
  )
}

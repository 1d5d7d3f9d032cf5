import { isRecord } from '../protocol/json.ts'
import { llmDeltaTable, mergeDelta } from './merge-delta.ts'

/**
 * What is known of the output before the end, in two layers (architecture §6): the *fact* is what the server last stored,
 * the *forecast* is what deltas say it is about to store. Facts replace, forecasts append.
 */
export interface PartialOutput {
  readonly fact: unknown
  readonly forecast: unknown
  /** Number of the last delta; `null` before the first or where deltas are not numbered. */
  readonly lastSeq: number | null
  /** Whether no delta is missing; once one is, the forecast grows no more. */
  readonly whole: boolean
  /** What to show, see {@link joinPartialOutput}; kept so that it has one identity. */
  readonly shown: unknown
}

/** Nothing of the output is known. */
export const noPartialOutput: PartialOutput = {
  fact: null,
  forecast: null,
  lastSeq: null,
  whole: true,
  shown: null,
}

/** The server stored this much; what is empty clears it. */
export function storePartialOutput(partial: PartialOutput, fact: unknown): PartialOutput {
  const said = isEmptyOutput(fact) ? null : fact
  return said === partial.fact ? partial : withShown({ ...partial, fact: said })
}

/** An output before the end is partial output (protocol §0a). That there is none yet says nothing of what is generated. */
export function growPartialOutput(partial: PartialOutput, output: unknown): PartialOutput {
  return isEmptyOutput(output) ? partial : storePartialOutput(partial, output)
}

/** Whether an output says nothing: an empty object is the server's word for that (protocol §3.3). */
export function isEmptyOutput(value: unknown): boolean {
  return value === null || value === undefined || (isRecord(value) && Object.keys(value).length === 0)
}

/**
 * A piece that is about to be stored. A number that was seen is ignored, a hole stops the forecast, and so does a first
 * piece that is not the first: what is shown is always a prefix of what the server makes.
 */
export function forecastPartialOutput(
  partial: PartialOutput,
  seq: number | null,
  delta: unknown,
): PartialOutput {
  if (seq !== null && partial.lastSeq !== null && seq <= partial.lastSeq) return partial
  const expected = seq === null || (partial.lastSeq === null ? seq <= 1 : seq === partial.lastSeq + 1)
  const lastSeq = seq ?? partial.lastSeq
  if (!partial.whole || !expected)
    return partial.whole || lastSeq !== partial.lastSeq ? { ...partial, lastSeq, whole: false } : partial
  const forecast = isRecord(delta)
    ? mergeDelta(isRecord(partial.forecast) ? partial.forecast : {}, delta, llmDeltaTable)
    : delta
  return forecast === partial.forecast && lastSeq === partial.lastSeq
    ? partial
    : withShown({ ...partial, forecast, lastSeq })
}

/** A new connection: deltas that are not numbered may have been missed meanwhile. */
export function reopenPartialOutput(partial: PartialOutput): PartialOutput {
  const unsure = partial.forecast !== null && partial.lastSeq === null && partial.whole
  return unsure ? { ...partial, whole: false } : partial
}

function withShown(partial: PartialOutput): PartialOutput {
  const shown = joinPartialOutput(partial.fact, partial.forecast)
  return shown === partial.shown ? partial : { ...partial, shown }
}

/** The fact, with each text of the forecast that continues its text put in its place. */
export function joinPartialOutput(fact: unknown, forecast: unknown): unknown {
  if (fact === null) return forecast
  if (!isRecord(fact) || !isRecord(forecast)) return fact
  let joined: Record<string, unknown> | null = null
  for (const [key, ahead] of Object.entries(forecast)) {
    const stored = Object.hasOwn(fact, key) ? fact[key] : undefined
    const continues = typeof ahead === 'string' && typeof stored === 'string' && ahead.startsWith(stored)
    if (stored === undefined || stored === null || (continues && ahead.length > stored.length)) {
      joined = Object.assign(joined ?? { ...fact }, { [key]: ahead })
    }
  }
  return joined ?? fact
}

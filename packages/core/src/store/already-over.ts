import { StreamError } from '../errors.ts'

/** Answers that say that there is nothing to be done any more: it is not there, it was done, it has ended. */
const overCodes: ReadonlySet<string> = new Set(['conflict', 'gone', 'not-found'])

/** Whether a refusal says that there is nothing to be done any more (404, 409, 410). */
export function isAlreadyOver({ code }: StreamError): boolean {
  return overCodes.has(code)
}

/** What is over needs no ending. */
export async function unlessOver(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (thrown) {
    const error = StreamError.from(thrown)
    if (!isAlreadyOver(error)) throw error
  }
}

/** What was decided needs no decision (409, 410); what is not known (404) cannot be decided. */
export async function unlessDecided(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (thrown) {
    const error = StreamError.from(thrown)
    if (error.code !== 'conflict' && error.code !== 'gone') throw error
  }
}

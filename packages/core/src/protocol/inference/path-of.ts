import { StreamError } from '../../errors.ts'

/**
 * The path of one thing below `root`, its id percent-encoded.
 *
 * @param what - what the id names, for the message: "a task"
 * @param from - where such ids come from, for the message
 * @throws {StreamError} `misuse` for an id that is empty or would address something else
 */
export function pathOf(root: string, id: string, what: string, from: string): string {
  // Why the dots: they are not encoded, and a URL parser would take them for a step up.
  if (typeof id !== 'string' || id.trim() === '' || id === '.' || id === '..' || !isWellFormed(id)) {
    throw new StreamError('misuse', `The id of ${what} is missing or cannot be one. Pass ${from}.`)
  }
  return `${root}/${encodeURIComponent(id)}`
}

function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text)
}

import { StreamError, isStreamError } from '../errors.ts'

/**
 * Calls a function that the application has given as an option.
 *
 * @param option - how the option is called, for the message
 * @throws {StreamError} what the function throws when that is a `StreamError`, so that an application can say what is
 *   final; for everything else `network`, retryable, because such functions mostly fail with the network that they use
 */
export async function askApplication<T>(option: string, ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (thrown) {
    if (isStreamError(thrown)) throw thrown
    const said = thrown instanceof Error && thrown.message !== '' ? ` (${thrown.message})` : ''
    throw new StreamError(
      'network',
      `The option ${option} failed${said}, so the request was not sent. It counts as a broken line and may be tried again; to say that it is final, throw a StreamError that is not retryable from ${option}.`,
      { retryable: true, cause: thrown },
    )
  }
}

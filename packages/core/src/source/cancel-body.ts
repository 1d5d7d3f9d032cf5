/** Closes the connection of an answer that nobody reads on. A body with a reader is its reader's to cancel. */
export function cancelBody(response: Response): void {
  response.body?.cancel().catch(() => {})
}

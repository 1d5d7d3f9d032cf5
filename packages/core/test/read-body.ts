/** A body that is being read, as far as it has been. */
export interface BodyReading {
  readonly text: string
  /** Sizes of the pieces, in bytes and in order. */
  readonly pieceBytes: readonly number[]
  readonly bytes: Uint8Array
  readonly outcome: 'open' | 'end' | 'error'
  readonly error: unknown
  /** Gives the body up. */
  cancel(): Promise<void>
}

/** Reads a body as it comes, without waiting for it. */
export function readBody(response: Response): BodyReading {
  const reader = response.body?.getReader()
  if (reader === undefined) throw new Error('The answer has no body.')
  const pieces: Uint8Array[] = []
  let outcome: BodyReading['outcome'] = 'open'
  let error: unknown = null
  const read = async (): Promise<void> => {
    try {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) pieces.push(piece.value)
      outcome = 'end'
    } catch (thrown) {
      outcome = 'error'
      error = thrown
    }
  }
  void read()
  const join = (): Uint8Array => Uint8Array.from(pieces.flatMap((piece) => [...piece]))
  return {
    get text() {
      return new TextDecoder().decode(join())
    },
    get pieceBytes() {
      return pieces.map((piece) => piece.length)
    },
    get bytes() {
      return join()
    },
    get outcome() {
      return outcome
    },
    get error() {
      return error
    },
    cancel: () => reader.cancel(),
  }
}

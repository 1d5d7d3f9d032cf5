type Bytes = Uint8Array<ArrayBuffer>

/** Makes other pieces of those of a body. A fresh one for each body. */
export interface Reshape {
  /** What may go on once this piece has come. */
  take(piece: Bytes): readonly Bytes[]
  /** What is left at the end; a body that ends in an error has no such end. */
  end(): readonly Bytes[]
}

/** The same body in other pieces, one for each read. An error comes after what came before it. */
export function reshapeBody(
  body: ReadableStream<Bytes>,
  reshape: Reshape,
  signal: AbortSignal,
): ReadableStream<Bytes> {
  const reader = body.getReader()
  let ready: readonly Bytes[] = []
  let taken = 0
  let isOver = false
  // Why not a TransformStream: an error overtakes the pieces that wait in it.
  return new ReadableStream<Bytes>(
    {
      async pull(controller) {
        while (taken === ready.length && !isOver) {
          const { done, value } = await reader.read()
          isOver = done
          ready = done ? reshape.end() : reshape.take(value)
          taken = 0
        }
        signal.throwIfAborted()
        const piece = ready[taken++]
        if (piece === undefined) controller.close()
        else controller.enqueue(piece)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}

/** Keeps everything that comes until the end, as something does that buffers. What ends in an error keeps it for good. */
export function holdBack(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const held: Uint8Array<ArrayBuffer>[] = []
  return new TransformStream({
    transform: (piece) => void held.push(piece),
    flush(controller) {
      for (const piece of held) controller.enqueue(piece)
    },
  })
}

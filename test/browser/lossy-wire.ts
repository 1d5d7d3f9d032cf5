import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to a server that can be cut as a cable is: nobody is told. */
export interface LossyWire {
  /** What stands for the server's address at this end. */
  readonly url: string
  /** Nothing comes through any more, and no connection is opened; those that are open hang. */
  cut(): void
  /** Connections come through again, those that hang apart: they are reset, as a browser does when its network changes. */
  mend(): void
}

/** A wire to the server at `api`, for the test that runs. */
export async function openLossyWire(api: string): Promise<LossyWire> {
  const ends = new Set<readonly [Socket, Socket]>()
  let isCut = false
  const server = createServer((near) => {
    if (isCut) return near.resetAndDestroy()
    const far = connect(Number(new URL(api).port), '127.0.0.1')
    const pair = [near, far] as const
    ends.add(pair)
    near.pipe(far)
    far.pipe(near)
    for (const end of pair) {
      end.on('error', () => {})
      end.on('close', () => {
        if (ends.delete(pair)) for (const one of pair) one.destroy()
      })
    }
    return near
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hanging: Socket[] = []
  onTestFinished(() => {
    for (const socket of [...hanging, ...[...ends].flat()]) socket.destroy()
    server.close()
  })
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    cut() {
      isCut = true
      for (const [near, far] of ends) {
        near.unpipe(far)
        far.unpipe(near)
        hanging.push(near, far)
      }
      ends.clear()
    },
    mend() {
      isCut = false
      for (const socket of hanging.splice(0)) socket.resetAndDestroy()
    },
  }
}

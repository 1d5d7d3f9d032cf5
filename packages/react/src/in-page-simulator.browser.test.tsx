/** The simulator in a page, in place of the network: what stories and demos without a server stand on. */
import { collectLogs, createClient, type Client, type Task } from '@taskstream/core'
import {
  asset,
  createSimulator,
  fault,
  taskAt,
  taskScript,
  type Simulator,
  type SimulatorOptions,
} from '@taskstream/core/testing'
import { afterEach, describe, expect, it } from 'vitest'

const CONFIG = { app: 'demo/image', input: { prompt: 'a fox' } }
const script = taskScript.image({ stepMs: 10 })
const atItsEnd = taskAt(script, Infinity)

const open: { close(): void }[] = []

afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

function inPage(options: SimulatorOptions = {}): { readonly simulator: Simulator; readonly client: Client } {
  const simulator = createSimulator({ script, assetsAs: 'data', ...options })
  const client = createClient({
    baseUrl: 'https://simulated.test',
    fetch: simulator,
    retryDelay: 0,
    resumeStorage: null,
  })
  open.push(client, simulator)
  return { simulator, client }
}

/** The address in an output of the form `{ image: { uri } }`. */
function imageOf(output: unknown): string {
  return (output as { readonly image: { readonly uri: string } }).image.uri
}

async function load(src: string): Promise<HTMLImageElement> {
  const image = new Image()
  image.src = src
  await image.decode()
  return image
}

describe('a simulator in the page', () => {
  it.each(['reference', 'live'] as const)('takes a client to the end of a task: %s', async (dialect) => {
    const { client, simulator } = inPage({ dialect, statusStyle: 'name' })
    const run = client.run(CONFIG, { stream: true })
    const [logs, task] = await Promise.all([collectLogs(run), run.result])
    expect(logs).toEqual(atItsEnd.logs)
    expect(task.status).toBe('completed')
    expect(imageOf(task.output)).toMatch(/^data:image\/png;base64,/)
    expect(await load(imageOf(task.output))).toMatchObject({ naturalWidth: 768 })
    expect(simulator.counters.runs).toBe(1)
  })

  it.each(['preview-1.png', 'preview-2.png', 'preview-3.png', 'image.png'] as const)(
    'gives an image that the browser shows: %s',
    async (name) => {
      const { client } = inPage({ script: taskScript.instant({ output: { image: { uri: asset(name) } } }) })
      const { output } = await client.run(CONFIG)
      expect(await load(imageOf(output))).toMatchObject({ naturalWidth: 768, naturalHeight: 512 })
    },
  )

  it('gives a clip and a sound that the browser plays', async () => {
    const output = { video: asset('video.webm'), audio: asset('audio.wav') }
    const { client } = inPage({ script: taskScript.instant({ output }) })
    const made = (await client.run(CONFIG)).output as typeof output
    const video = document.createElement('video')
    const loaded = new Promise((resolve, reject) => {
      video.addEventListener('loadeddata', resolve)
      video.addEventListener('error', () => reject(new Error(video.error?.message)))
    })
    video.src = made.video
    await loaded
    expect([video.videoWidth, video.videoHeight, Math.round(video.duration)]).toEqual([480, 270, 3])
    const bytes = await (await fetch(made.audio)).arrayBuffer()
    expect(await new OfflineAudioContext(1, 1, 22_050).decodeAudioData(bytes)).toMatchObject({ duration: 3 })
  })

  it('has faults that a page sees as it would those of the network', async () => {
    const { client, simulator } = inPage({
      faults: [
        fault.unreachable({ on: 'stream' }),
        fault.cutAfterBytes(300, { on: 'stream', nth: 2 }),
        fault.gzip({ on: 'stream', nth: 3 }),
        fault.cutAfterEvents(3, { on: 'stream', nth: 3 }),
        fault.drip({ on: 'stream', nth: 4, bytes: 100_000, everyMs: 1 }),
      ],
    })
    const task: Task = await client.run(CONFIG)
    expect(task).toMatchObject({ status: 'completed', logs: atItsEnd.logs })
    expect(simulator.counters.requests.stream).toBe(4)
    expect(simulator.counters.openStreams).toBe(0)
  })
})

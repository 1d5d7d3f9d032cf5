import type { AssetName } from './assets.ts'
import { demoLife } from './demo-life.ts'
import { fileOf } from './file-value.ts'
import type { TaskScript } from './script.ts'

const LOADED = ['loading weights: 4.2 GB', 'weights loaded in 1.3 s, 18.6 of 24.0 GB of memory free']

/** Denoises a picture, with a look at it now and then. About 12 seconds. */
export function paint(prompt: string): TaskScript {
  const steps = 24
  const previews = new Map<number, AssetName>([
    [3, 'preview-1.png'],
    [9, 'preview-2.png'],
    [16, 'preview-3.png'],
  ])
  return demoLife({
    stepMs: 360,
    says: {
      scheduled: ['worker gpu-07 takes the task'],
      preparing: [`prompt: “${prompt}”, 768 × 512, seed 4711`],
      setting_up: LOADED,
      uploading: ['uploading image.png'],
      completed: ['done in 11.5 s'],
    },
    work: Array.from({ length: steps }, (_, index) => {
      const name = previews.get(index)
      return {
        stage: index < steps - 2 ? 'Denoising' : 'Decoding',
        log:
          index < steps - 2
            ? `denoise ${pad(index + 1)}/${steps - 2}  sigma ${(14.6 * 0.82 ** index).toFixed(3)}  2.8 it/s`
            : `decode tile ${index - steps + 3}/2`,
        ...(name === undefined ? {} : { partial: { image: fileOf(name) } }),
      }
    }),
    output: { image: fileOf('image.png'), seed: 4711 },
  })
}

/** Plans, renders and encodes a clip. About 12 seconds. */
export function film(prompt: string): TaskScript {
  const frames = 72
  const rendering = Array.from({ length: 18 }, (_, index) => ({
    stage: 'Rendering frames',
    log: `frames ${pad(index * 4 + 1)}–${pad(index * 4 + 4)} of ${frames}  ${(170 + ((index * 37) % 23)).toFixed(0)} ms each`,
    ...(index === 4 ? { partial: { frame: fileOf('preview-2.png') } } : {}),
    ...(index === 11 ? { partial: { frame: fileOf('preview-3.png') } } : {}),
  }))
  return demoLife({
    stepMs: 380,
    says: {
      scheduled: ['worker gpu-12 takes the task'],
      setting_up: LOADED,
      uploading: ['uploading video.webm'],
      completed: ['done in 11.8 s'],
    },
    work: [
      { stage: 'Reading the prompt', log: `prompt: “${prompt}”` },
      { stage: 'Planning the shot', log: 'camera: fixed, sun: 1.2° per frame' },
      ...rendering,
      { stage: 'Encoding', log: 'vp9, pass 1 of 2' },
      { stage: 'Encoding', log: 'vp9, pass 2 of 2: 24.1 kbit/s' },
    ],
    output: { video: fileOf('video.webm'), fps: 8 },
  })
}

/** Composes a chord note by note. About 9 seconds. */
export function compose(prompt: string): TaskScript {
  const notes = ['C4', 'E4', 'G4', 'B4', 'D5']
  return demoLife({
    stepMs: 560,
    says: {
      preparing: [`mood: “${prompt}”`],
      setting_up: ['string model loaded: 5 voices, 4 partials each'],
      uploading: ['uploading audio.wav'],
    },
    work: [
      ...notes.map((note, index) => ({
        stage: 'Composing',
        log: `voice ${index + 1}: ${note}`,
        partial: { notes: notes.slice(0, index + 1).join(' – ') },
      })),
      { stage: 'Mixing', log: 'peak −3.1 dB' },
      { stage: 'Mixing', log: 'fade out: 400 ms' },
    ],
    output: { audio: fileOf('audio.wav'), duration: 3 },
  })
}

/** Writes a report, its parts one after the other. About 9 seconds. */
export function report(prompt: string): TaskScript {
  const files = [fileOf('image.png'), fileOf('audio.wav'), fileOf('text.txt')]
  return demoLife({
    stepMs: 620,
    says: { preparing: [`report: “${prompt}”`], uploading: ['uploading 3 files'] },
    work: [
      { stage: 'Drawing', log: 'figure 1: evening over the mountains' },
      { stage: 'Drawing', log: 'figure 1 is done', partial: { files: files.slice(0, 1) } },
      { stage: 'Recording', log: 'sound 1: a ninth' },
      { stage: 'Recording', log: 'sound 1 is done', partial: { files: files.slice(0, 2) } },
      { stage: 'Writing', log: 'two sentences' },
      { stage: 'Writing', log: 'spelling: no mistakes' },
    ],
    output: { files },
  })
}

/** Runs out of memory in the middle of its work. About 8 seconds. */
export function exhaust(): TaskScript {
  const error = 'CUDA out of memory: tried to allocate 12.0 GiB, 2.9 GiB are free'
  return demoLife({
    stepMs: 500,
    says: { setting_up: LOADED, failed: [`error: ${error}`] },
    work: Array.from({ length: 9 }, (_, index) => ({
      stage: 'Denoising',
      log: `denoise ${pad(index + 1)}/24  memory ${(5.4 + index * 1.9).toFixed(1)} of 24.0 GB`,
    })),
    total: 24,
    output: null,
    error,
  })
}

function pad(number: number): string {
  return String(number).padStart(2, ' ')
}

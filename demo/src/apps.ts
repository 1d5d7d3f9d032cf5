/** An app of the simulator, and how the demo presents it. */
export interface DemoApp {
  readonly app: string
  readonly name: string
  readonly tells: string
  readonly prompt: string
}

export const demoApps: readonly DemoApp[] = [
  { app: 'demo/image', name: 'Image', tells: 'Previews get sharper', prompt: 'Dunes under two moons' },
  { app: 'demo/video', name: 'Video', tells: 'Stages and a clip', prompt: 'A sunset timelapse' },
  { app: 'demo/text', name: 'Text', tells: 'Words as they come', prompt: 'a lighthouse in winter' },
  { app: 'demo/audio', name: 'Audio', tells: 'A chord to play', prompt: 'A calm chord' },
  { app: 'demo/files', name: 'Files', tells: 'Several results', prompt: 'A report with figures' },
  { app: 'demo/chatty', name: 'Log', tells: '5,000 lines', prompt: 'Train for one epoch' },
  { app: 'demo/silent', name: 'Silent', tells: 'Nothing is invented', prompt: 'A shy task' },
  { app: 'demo/endless', name: 'Endless', tells: 'Until you cancel it', prompt: 'Watch the sky' },
  { app: 'demo/fails', name: 'Failure', tells: 'Why, and try again', prompt: 'More than fits' },
]

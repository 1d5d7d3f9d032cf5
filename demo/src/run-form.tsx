import type { RunConfig } from '@taskstream/core'
import { useState, type FormEvent } from 'react'
import { demoApps } from './apps.ts'

/** Chooses an app and what it is told, and starts it. */
export function RunForm({ onRun }: { onRun: (name: string, config: RunConfig) => void }) {
  const [app, setApp] = useState(demoApps[0])
  const [prompt, setPrompt] = useState(app?.prompt ?? '')
  const [file, setFile] = useState<File | null>(null)
  if (app === undefined) return null
  const start = (event: FormEvent): void => {
    event.preventDefault()
    onRun(`${app.name}: ${prompt}`, { app: app.app, input: { prompt, ...(file === null ? {} : { file }) } })
  }
  return (
    <form className="panel" onSubmit={start}>
      <h2>Start a task</h2>
      <fieldset className="apps">
        <legend>App</legend>
        {demoApps.map((choice) => (
          <label key={choice.app} className="choice">
            <input
              type="radio"
              name="app"
              checked={choice.app === app.app}
              onChange={() => {
                setApp(choice)
                setPrompt(choice.prompt)
              }}
            />
            <span>
              <strong>{choice.name}</strong>
              <small>{choice.tells}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span>Prompt</span>
        <input type="text" value={prompt} onChange={(event) => setPrompt(event.target.value)} />
      </label>
      <label className="field">
        <span>File, uploaded first (optional)</span>
        <input type="file" onChange={(event) => setFile(event.target.files?.[0] ?? null)} />
      </label>
      <button type="submit" className="primary">
        Start
      </button>
    </form>
  )
}

import { useState } from 'react'
import { troubles, type DemoNetwork, type Trouble } from './network.ts'

/** Breaks the line to the server in the ways in which lines break. */
export function NetworkPanel({ network }: { readonly network: DemoNetwork }) {
  const [isOnline, setOnline] = useState(true)
  const [trouble, setTrouble] = useState<Trouble>('All is well')
  return (
    <section className="panel" aria-label="Break the line">
      <h2>Break the line</h2>
      <p>The status of a task never changes by it; the badge says what is going on.</p>
      <label className="field">
        <span>Between here and the server</span>
        <select
          value={trouble}
          onChange={({ target }) => {
            const chosen = (Object.keys(troubles) as Trouble[]).find((name) => name === target.value)
            if (chosen === undefined) return
            setTrouble(chosen)
            network.setTrouble(chosen)
          }}
        >
          {Object.keys(troubles).map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <div className="actions">
        <button
          type="button"
          className="quiet"
          aria-pressed={!isOnline}
          onClick={() => {
            setOnline(!isOnline)
            network.setOnline(!isOnline)
          }}
        >
          Network off
        </button>
        <button type="button" className="quiet" disabled={!isOnline} onClick={() => network.cut()}>
          Cut every line
        </button>
      </div>
    </section>
  )
}

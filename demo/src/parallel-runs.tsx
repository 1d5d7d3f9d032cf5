import { useTaskStreams } from '@taskstream/react'
import { useEffect, useState } from 'react'

const configs = ['A mountain', 'An ocean', 'A forest'].map((prompt) => ({
  app: 'demo/image',
  input: { prompt },
}))

/** A reload finds the round of before again, and starts nothing twice. */
const storageKey = 'taskstream-demo:round'

/** Three tasks as one: their overall progress, and one button that cancels all. */
export function ParallelRuns() {
  const [round, setRound] = useState(() => Number(sessionStorage.getItem(storageKey) ?? 0))
  useEffect(() => sessionStorage.setItem(storageKey, String(round)), [round])
  const group = useTaskStreams(configs, { enabled: round > 0, key: `parallel-${round}` })
  const { progress, phase } = group
  const [refusal, setRefusal] = useState<string | null>(null)
  const cancelAll = (): void => {
    setRefusal(null)
    group.cancelAll().catch((error: unknown) => setRefusal(String(error)))
  }
  const isActive = phase === 'pending' || phase === 'running' || phase === 'finishing'
  const percent = Math.round((progress.value ?? 0) * 100)
  return (
    <section className="panel" aria-label="Several at once">
      <h2>Several at once</h2>
      <p>Three images with one hook: useTaskStreams.</p>
      {round > 0 && (
        <>
          <ul className="group">
            {group.tasks.map((task, index) => (
              <li key={configs[index]?.input.prompt}>
                <span>{configs[index]?.input.prompt}</span>
                <span>
                  {task.progress.value === null || !task.isActive
                    ? task.status.replace('_', ' ')
                    : `${Math.round(task.progress.value * 100)} %`}
                </span>
              </li>
            ))}
          </ul>
          <progress aria-label="Overall progress" max={100} value={percent} />
          <p>
            {progress.current} of {progress.total} done, {percent} % overall
          </p>
        </>
      )}
      <div className="actions">
        <button type="button" disabled={isActive} onClick={() => setRound(Date.now())}>
          Start three
        </button>
        {isActive && (
          <button type="button" className="quiet" onClick={cancelAll}>
            Cancel all
          </button>
        )}
      </div>
      {refusal !== null && isActive && <p role="alert">{refusal}</p>}
    </section>
  )
}

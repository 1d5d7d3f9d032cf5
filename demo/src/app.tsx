import { TaskProgress } from '@taskstream/react'
import { useState } from 'react'
import { ChatPage } from './chat-page.tsx'
import { NetworkPanel } from './network-panel.tsx'
import type { DemoNetwork } from './network.ts'
import { ParallelRuns } from './parallel-runs.tsx'
import { RunForm } from './run-form.tsx'
import { ThemeToggle } from './theme-toggle.tsx'
import { useRuns } from './use-runs.ts'

/** Two pages: tasks, one or several at once, and a chat with an agent. The line to both can be broken. */
export function App({ network }: { readonly network: DemoNetwork }) {
  const { runs, add, remove } = useRuns()
  const [page, setPage] = useState(() => (location.hash === '#chat' ? 'chat' : 'tasks'))
  const show = (next: 'tasks' | 'chat'): void => {
    history.replaceState(null, '', `#${next}`)
    setPage(next)
  }
  return (
    <div className="page">
      <header className="masthead">
        <div>
          <h1>taskstream</h1>
          <p>
            Long-running AI tasks and agents, followed live. Reload the page, cut the network, open a second
            tab.
          </p>
        </div>
        <nav aria-label="Pages">
          <button
            type="button"
            className="quiet"
            aria-pressed={page === 'tasks'}
            onClick={() => show('tasks')}
          >
            Tasks
          </button>
          <button type="button" className="quiet" aria-pressed={page === 'chat'} onClick={() => show('chat')}>
            Chat
          </button>
          <ThemeToggle />
        </nav>
      </header>
      {page === 'chat' ? (
        <main>
          <div className="side">
            <NetworkPanel network={network} />
          </div>
          <ChatPage />
        </main>
      ) : (
        <main>
          <div className="side">
            <RunForm onRun={add} />
            <ParallelRuns />
            <NetworkPanel network={network} />
          </div>
          <section className="runs" aria-label="Tasks">
            {runs.length === 0 ? (
              <div className="nothing">
                <strong>No task yet</strong>
                <span>
                  Choose one on the left and start it. It runs on a simulated server, over real HTTP.
                </span>
              </div>
            ) : (
              runs.map((run) => (
                <article key={run.key} className="run">
                  <TaskProgress config={run.config} key={run.key} runKey={run.key} label={run.name} />
                  <button
                    type="button"
                    className="quiet"
                    aria-label={`Remove ${run.name}`}
                    onClick={() => remove(run.key)}
                  >
                    Remove
                  </button>
                </article>
              ))
            )}
          </section>
        </main>
      )}
    </div>
  )
}

import { createClient } from '@taskstream/core'
import { TaskProgress, TaskstreamProvider } from '@taskstream/react'
import '@taskstream/react/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ChatPage } from './chat-page.tsx'
import './page.css'
import { readClientOptions } from './read-client-options.ts'
import { StatusQuestion } from './status-question.tsx'

/** One card for each `task`, one more for the run of `app`, and a chat, as the address of the page says. */
const query = new URLSearchParams(location.search)
const client = createClient(readClientOptions(query))
const ids = query.getAll('task')
const app = query.get('app')
const theme = query.get('theme')
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id "root".')
if (theme !== null) document.documentElement.dataset['theme'] = theme

createRoot(root).render(
  <StrictMode>
    <TaskstreamProvider client={client}>
      {ids.length > 1 && <StatusQuestion ids={ids} />}
      {ids.map((id) => (
        <TaskProgress key={id} taskId={id} label={id} defaultLogsOpen />
      ))}
      {app !== null && <TaskProgress config={{ app, input: {} }} label={app} defaultLogsOpen />}
      {(query.has('agent') || query.has('chatId')) && <ChatPage query={query} />}
    </TaskstreamProvider>
  </StrictMode>,
)

import { createClient } from '@taskstream/core'
import { TaskstreamProvider } from '@taskstream/react'
import '@taskstream/react/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './demo.css'
import { createDemoNetwork } from './network.ts'

const network = createDemoNetwork()
const client = createClient({
  proxyUrl: '/api/inference',
  fetch: network.transport,
  surroundings: network.surroundings,
})
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element with the id "root".')

createRoot(root).render(
  <StrictMode>
    <TaskstreamProvider client={client}>
      <App network={network} />
    </TaskstreamProvider>
  </StrictMode>,
)

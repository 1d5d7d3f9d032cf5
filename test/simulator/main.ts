/** Serves the demo apps on a port, for curl, other clients and the demo: `PORT=8787 pnpm simulator`. */
import {
  createSimulator,
  demoAgentCards,
  demoAgents,
  demoApps,
  type SimulatorDialect,
} from '@taskstream/core/testing'
import { serveNode } from '@taskstream/core/testing/node'

const { PORT, HOST, DIALECT, API_KEY, SPEED } = process.env

const simulator = createSimulator({
  script: demoApps,
  agents: demoAgents,
  agentCards: demoAgentCards,
  dialect: readDialect(DIALECT),
  speed: Number(SPEED ?? 1),
  seed: Date.now(),
  ...(API_KEY === undefined ? {} : { apiKey: API_KEY }),
})
const server = await serveNode(simulator, {
  port: Number(PORT ?? 8787),
  ...(HOST === undefined ? {} : { host: HOST }),
})

console.log(`The simulator listens on ${server.url}`)
console.log(`Apps: ${Object.keys(demoApps).join(', ')}`)
console.log(`Agents: ${Object.keys(demoAgents).join(', ')}`)
console.log(`Try: curl -N ${server.url}/apps/run -d '{"app":"demo/text","input":{},"stream":true}'`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    simulator.close()
    void server.close()
  })
}

function readDialect(word: string | undefined): SimulatorDialect {
  if (word === undefined || word === 'reference' || word === 'live') return word ?? 'reference'
  throw new Error(`DIALECT is ${word}; it has to be reference or live.`)
}

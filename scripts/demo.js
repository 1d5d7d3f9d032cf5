// Runs the simulator, the demo app and Storybook together, prints their addresses and stops them together.
// Plain JavaScript, so that Node 20 runs it without a loader.
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/**
 * `command` is a tool of node_modules/.bin and its arguments, none of which holds a space.
 *
 * @typedef {{ name: string, url: string, command: string, env: Record<string, string> }} Service
 * @typedef {{ service: Service, child: import('node:child_process').ChildProcess, tail: string[] }} Running
 */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const HOST = '127.0.0.1'
const START_LIMIT_MS = 120_000
const POLL_MS = 250
const STOP_LIMIT_MS = 5_000
const TAIL_LINES = 40

/** @type {Running[]} */
const running = []
const stopping = new AbortController()
let isReady = false

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => void (stopping.signal.aborted ? killAll('SIGKILL') : stop(0)))
}

try {
  const services = await plan()
  console.log(`Starting ${services.map(({ name }) => name.toLowerCase()).join(', ')} ...`)
  running.push(...services.map(start))
  await Promise.all(services.map(answers))
  if (!stopping.signal.aborted) {
    isReady = true
    console.log(block(services))
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  await stop(1)
}

/** @returns {Promise<Service[]>} */
async function plan() {
  const simulator = await freePort(8787)
  const app = await freePort(5173)
  const storybook = await freePort(6006)
  const url = (/** @type {number} */ port) => `http://${HOST}:${port}`
  return [
    {
      name: 'Demo app',
      url: url(app),
      command: `vite demo --config demo/vite.config.ts --host ${HOST} --port ${app} --strictPort`,
      env: { SIMULATOR_URL: url(simulator) },
    },
    {
      name: 'Storybook',
      url: url(storybook),
      command: `storybook dev --config-dir stories/.storybook --host ${HOST} --port ${storybook} --exact-port --no-open --ci`,
      env: {},
    },
    {
      name: 'Simulator',
      url: url(simulator),
      command: 'tsx --conditions=@taskstream/source test/simulator/main.ts',
      env: { PORT: `${simulator}` },
    },
  ]
}

/**
 * @param {number} from the first port to try
 * @returns {Promise<number>} the first free port
 */
async function freePort(from) {
  for (let port = from; port < from + 100; port++) {
    if (await isFree(port)) return port
  }
  throw new Error(`Ports ${from} to ${from + 99} are all taken. Stop what uses them and try again.`)
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: HOST }, () => probe.close(() => resolve(true)))
  })
}

/**
 * Each service leads a process group of its own, so that its children end with it.
 *
 * @param {Service} service
 * @returns {Running}
 */
function start(service) {
  const [tool = '', ...args] = service.command.split(' ')
  const child = spawn(join(ROOT, 'node_modules', '.bin', tool), args, {
    cwd: ROOT,
    detached: true,
    env: { ...process.env, ...service.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  /** @type {string[]} */
  const tail = []
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => remember(tail, text))
  child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
    remember(tail, text)
    if (isReady && !stopping.signal.aborted) process.stderr.write(`[${service.name}] ${text}`)
  })
  child.once('error', (error) => void died(service, error.message, tail))
  child.once('exit', (code, signal) => void died(service, `exit ${code ?? signal}`, tail))
  return { service, child, tail }
}

/**
 * @param {string[]} tail
 * @param {string} text
 */
function remember(tail, text) {
  tail.push(...text.split('\n').filter((line) => line.trim() !== ''))
  tail.splice(0, tail.length - TAIL_LINES)
}

/**
 * @param {Service} service
 * @param {string} reason
 * @param {string[]} tail
 */
async function died(service, reason, tail) {
  if (stopping.signal.aborted) return
  console.error(`${service.name} ended (${reason}), so the demo stops. Its last output:\n${tail.join('\n')}`)
  await stop(1)
}

/**
 * Waits until the service answers any HTTP status.
 *
 * @param {Service} service
 */
async function answers(service) {
  const deadlineMs = Date.now() + START_LIMIT_MS
  while (!stopping.signal.aborted) {
    const response = await fetch(service.url, { signal: AbortSignal.timeout(START_LIMIT_MS) }).catch(
      () => null,
    )
    if (response !== null) {
      await response.body?.cancel()
      return
    }
    if (Date.now() > deadlineMs) {
      throw new Error(`${service.name} did not answer at ${service.url} within ${START_LIMIT_MS / 1000} s.`)
    }
    await sleep(POLL_MS)
  }
}

/** @param {Service[]} services */
function block(services) {
  const rows = services.map(({ name, url }) => `  ${name.padEnd(10)}  ${url}`)
  return ['', ...rows, '', '  Ctrl-C stops all three.', ''].join('\n')
}

/** @param {number} exitCode */
async function stop(exitCode) {
  if (stopping.signal.aborted) return
  stopping.abort()
  const ended = Promise.all(
    running.map(
      ({ child }) =>
        new Promise((resolve) => {
          if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) resolve(null)
          else child.once('exit', resolve)
        }),
    ),
  )
  killAll('SIGTERM')
  await Promise.race([ended, sleep(STOP_LIMIT_MS)])
  killAll('SIGKILL')
  process.exit(exitCode)
}

/** @param {NodeJS.Signals} signal */
function killAll(signal) {
  for (const { child } of running) {
    if (child.pid === undefined) continue
    try {
      process.kill(-child.pid, signal)
    } catch {
      // The whole group has ended already.
    }
  }
}

/** Fails a test that logs a warning, logs an error or leaves a rejection unhandled, unless it said so. */
import { afterAll, afterEach } from 'vitest'

/** Where noise comes from: a console method. Unhandled rejections cannot be allowed. */
export type NoiseLevel = 'error' | 'warn'

interface Noise {
  readonly level: NoiseLevel | 'rejection'
  readonly text: string
}
interface Expectation {
  readonly level: NoiseLevel
  readonly pattern: RegExp
}
interface NoiseRecord {
  heard: Noise[]
  expected: Expectation[]
}

// On the global object, because a browser may load this file once as setup and once as a test's import.
const KEY = Symbol.for('taskstream.noise')
const shared: typeof globalThis & { [KEY]?: NoiseRecord } = globalThis
const isFirstLoad = shared[KEY] === undefined
const noise: NoiseRecord = (shared[KEY] ??= { heard: [], expected: [] })

/** Allows, and demands, that this test logs a matching message at least once. Applies to the running test. */
export function expectNoise(level: NoiseLevel, pattern: RegExp): void {
  noise.expected.push({ level, pattern })
}

if (isFirstLoad) listen()

function listen(): void {
  const macrotask = globalThis.setTimeout
  for (const level of ['error', 'warn'] as const) {
    const print = console[level]
    console[level] = (...args: unknown[]): void => {
      const text = args.map(String).join(' ')
      noise.heard.push({ level, text })
      if (!noise.expected.some((one) => matches(one, { level, text }))) print.apply(console, args)
    }
  }
  const hearRejection = (reason: unknown): void => {
    noise.heard.push({
      level: 'rejection',
      text: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
    })
  }
  if (typeof process !== 'undefined' && typeof process.on === 'function') {
    process.on('unhandledRejection', hearRejection)
  } else {
    globalThis.addEventListener('unhandledrejection', (event) => hearRejection(event.reason))
  }
  const check = async (): Promise<void> => {
    // A rejection is reported as unhandled only after the microtasks have run, in a browser one task later.
    for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => void macrotask(resolve, 0))
    const { heard, expected } = noise
    noise.heard = []
    noise.expected = []
    const unexpected = heard.filter((one) => !expected.some((allowed) => matches(allowed, one)))
    const missing = expected.filter((allowed) => !heard.some((one) => matches(allowed, one)))
    if (unexpected.length === 0 && missing.length === 0) return
    const lines = [
      ...unexpected.map(({ level, text }) => `unexpected ${level}: ${text}`),
      ...missing.map(({ level, pattern }) => `expected but silent ${level}: ${pattern}`),
    ]
    throw new Error(`${lines.join('\n')}\nFix the cause, or state it with expectNoise(level, pattern).`)
  }
  afterEach(check)
  afterAll(check)
}

function matches(allowed: Expectation, heard: Noise): boolean {
  return allowed.level === heard.level && allowed.pattern.test(heard.text)
}

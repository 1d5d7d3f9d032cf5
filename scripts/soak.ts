import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

// Runs a hundred times as many random fault schedules as CI does, each chunk with a seed of its own.
// Argument: how many chunks of 10,000 to run; default 100.

const root = fileURLToPath(new URL('..', import.meta.url))
const chunkCount = Number(process.argv[2] ?? 100)
const perChunk = 10_000

for (let chunk = 1; chunk <= chunkCount; chunk++) {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const env = { TASKSTREAM_SEED: String(seed), TASKSTREAM_SCHEDULES: String(perChunk) }
  const startedAt = Date.now()
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--project', 'core', 'test/fault-schedules.test.ts'],
    { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' },
  )
  if (status !== 0) {
    console.log(stdout)
    console.log(
      `Chunk ${chunk} failed. Once more: TASKSTREAM_SEED=${seed} TASKSTREAM_SCHEDULES=${perChunk} pnpm vitest run --project core test/fault-schedules.test.ts`,
    )
    process.exit(1)
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  console.log(
    `chunk ${chunk} of ${chunkCount}: ${perChunk} schedules hold, seed ${seed}, ${seconds} s, ${chunk * perChunk} in all`,
  )
}

import type { Reporter, TestModule } from 'vitest/node'

/** A Vitest reporter that ends a run with one plain line of counts, for readers without a terminal. */
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      for (const test of tests) counts[test.result().state]++
      // A file that fails to load has no tests that could fail: count it as one.
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed'))
        counts.failed++
    }
    // Errors outside every test fail the run, and tests that never ended did not pass.
    const failed = counts.failed + counts.pending + errors.length
    process.once('exit', () => {
      console.log(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`)
    })
  }
}

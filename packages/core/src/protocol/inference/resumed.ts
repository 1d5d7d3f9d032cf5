import { continued } from '../../source/continued.ts'
import type { Source } from '../../source/source.ts'
import { withSnapshot } from '../../source/with-snapshot.ts'
import type { Clock } from '../../store/clock.ts'
import type { Frame } from '../../wire/frame.ts'
import type { ResumeMode } from '../stamp-frames.ts'

/**
 * `line`, beginning as the server allows it (architecture §6).
 *
 * Where it cannot be continued, it is opened first, then `ask` tells the present, and that answer comes before what the
 * line brought meanwhile, because the service only tells the present (P§4.4, P§12.4).
 */
export function resumed(
  line: Source,
  ask: (signal: AbortSignal) => Promise<Frame>,
  { clock, resume }: { readonly clock: Clock; readonly resume: ResumeMode },
): Source {
  const stream = continued(line)
  const present = withSnapshot(stream, ask, { clock })
  return (reach) => {
    const canResume = resume === 'auto' && reach.canResume === true && reach.cursor !== null
    if (resume === 'cursor' || canResume) return stream(reach)
    const anew = { ...reach, cursor: resume === 'auto' ? reach.cursor : null }
    return resume === 'replay' ? stream(anew) : present(anew)
  }
}

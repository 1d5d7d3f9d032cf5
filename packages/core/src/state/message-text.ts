import type { ContentPart } from '../protocol/agent-event.ts'
import type { ForecastLead } from './agent.ts'

/** What is stored of one kind: the text, the thoughts, or the arguments of calls; all parts, one after the other. */
export function storedText(
  content: readonly ContentPart[],
  kind: 'text' | 'reasoning' | 'tool-call',
): string {
  let whole = ''
  for (const part of content) {
    if (part.type !== kind) continue
    whole += part.type === 'tool-call' ? part.argsText : part.text
  }
  return whole
}

/** How the forecast `ahead` stands to what is `stored`. Reads the whole text only where the forecast is the longer one. */
export function leadOf(stored: string, ahead: string): ForecastLead {
  if (ahead.length <= stored.length) return 'behind'
  return ahead.startsWith(stored) ? 'ahead' : 'apart'
}

/** What the forecast adds to what is stored: `''` unless it continues it. */
export function textAhead(stored: string, ahead: string, lead: ForecastLead): string {
  return lead === 'ahead' ? ahead.slice(stored.length) : ''
}

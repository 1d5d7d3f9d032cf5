/** What is wrong with answers to input requests (P§7.5); `null` when nothing is, or when nothing was requested. */
export function checkInputAnswers(
  data: Readonly<Record<string, unknown>> | null,
  result: string,
): string | null {
  const requests = data?.['input_requests']
  if (!isRecord(requests)) return null
  const answers = parse(result)
  if (!isRecord(answers)) return 'result must be the JSON of an object with an answer to each request'
  for (const key of Object.keys(requests)) {
    const answer = answers[key]
    if (!isRecord(answer)) return `the request ${key} is not answered`
    if (!['accept', 'decline', 'cancel'].includes(String(answer['action']))) {
      return `the action of ${key} must be accept, decline or cancel`
    }
    if (answer['action'] !== 'accept' && answer['content'] !== undefined) {
      return `${key} has content, which only goes with accept`
    }
  }
  return null
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

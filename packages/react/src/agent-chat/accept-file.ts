/** What files may be attached. */
export interface FileLimits {
  /** As the `accept` attribute of a file input: extensions and types, with commas between them; `null` accepts all. */
  readonly accept: string | null
  readonly maxSizeBytes: number
}

/** Why a file may not be attached; `null` when it may. */
export function refusalOf(
  file: { readonly name: string; readonly type: string; readonly size: number },
  { accept, maxSizeBytes }: FileLimits,
): 'too-large' | 'not-accepted' | null {
  if (file.size > maxSizeBytes) return 'too-large'
  return accept === null || isAccepted(file, accept) ? null : 'not-accepted'
}

function isAccepted(
  { name, type }: { readonly name: string; readonly type: string },
  accept: string,
): boolean {
  const wanted = accept
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '')
  const [lowerName, lowerType] = [name.toLowerCase(), type.toLowerCase()]
  return (
    wanted.length === 0 ||
    wanted.some((one) => {
      if (one.startsWith('.')) return lowerName.endsWith(one)
      return one.endsWith('/*') ? lowerType.startsWith(one.slice(0, -1)) : lowerType === one
    })
  )
}

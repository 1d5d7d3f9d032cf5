import type { ReactElement } from 'react'
import { OutputJson } from '../task-progress/output-json.tsx'

/** Any value as a tree that folds. */
export function JsonValue({ value }: { readonly value: unknown }): ReactElement {
  return <OutputJson piece={{ kind: 'json', key: '', name: '', value }} isAlone />
}

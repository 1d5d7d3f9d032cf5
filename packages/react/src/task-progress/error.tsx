import { definePart, renderElement, type Part, type PartProps } from '../element.tsx'
import { attributesOf, stateOf, useTaskProgress, type TaskProgressState } from './context.tsx'
import { failureText } from './failure-text.ts'
import { Icon } from './icon.tsx'

/** Props of `Error`. */
export type ErrorProps = PartProps<'div', TaskProgressState>

/** From here on a text gets a box of its own that scrolls and that the keyboard reaches. */
const maxLines = 8
const maxChars = 600

/**
 * What went wrong: a title, what happened and how to fix it, and what the server wants first. Nothing while all is well.
 * `data-code` is the code of the error. No alert: the root speaks.
 */
export const ErrorPart: Part<ErrorProps, HTMLDivElement> = definePart('TaskProgress.Error', (props, ref) => {
  const context = useTaskProgress('Error')
  const { task, labels } = context
  const { error } = task
  if (error === null) return null
  const state = stateOf(context)
  const text = failureText(task, labels) ?? labels.noReason
  const isLong = text.length > maxChars || text.split('\n', maxLines + 1).length > maxLines
  const title = labels.errorTitle[error.code]
  const scrolls = isLong ? { role: 'region', 'aria-label': title, tabIndex: 0, 'data-long': '' } : {}
  const children = (
    <>
      <Icon name="alert" />
      <div data-slot="task-progress-error-body">
        <p data-slot="task-progress-error-title">{title}</p>
        <div data-slot="task-progress-error-text" dir="auto" {...scrolls}>
          {text}
        </div>
        {error.requirements.length > 0 && (
          <ul data-slot="task-progress-requirements" aria-label={labels.requirements}>
            {error.requirements.map(({ type, key, message }) => (
              <li key={`${type}:${key}`} data-slot="task-progress-requirement" data-type={type}>
                <code>{key}</code> {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </>
  )
  return renderElement({
    tag: 'div',
    slot: 'task-progress-error',
    state,
    props,
    ref,
    own: { children, 'data-code': error.code, ...attributesOf(state) },
  })
})

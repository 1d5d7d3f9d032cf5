import { useState, type ReactNode } from 'react'
import { definePart, type Part } from '../element.tsx'
import { Bar } from './bar.tsx'
import { Cancel } from './cancel.tsx'
import { Connection } from './connection.tsx'
import { useTaskProgress } from './context.tsx'
import { Elapsed } from './elapsed.tsx'
import { ErrorPart } from './error.tsx'
import { Eta } from './eta.tsx'
import { Icon } from './icon.tsx'
import { Label } from './label.tsx'
import { Logs } from './logs.tsx'
import { Output } from './output.tsx'
import { PartialOutput } from './partial-output.tsx'
import { Percent } from './percent.tsx'
import { Retry } from './retry.tsx'
import { Root, type RootProps } from './root.tsx'
import { Stages } from './stages.tsx'
import { Status } from './status.tsx'

/** What the assembled component shows. */
export interface TaskProgressLayout {
  /** Names the task; default the app that runs. */
  readonly label?: ReactNode
  /** `compact` is one line and a bar; default `default`. */
  readonly size?: 'compact' | 'default'
  /** Whether to show the stages and times; default `true`, and `false` when compact. */
  readonly stages?: boolean
  /** Whether to show what is known of the output, and the output; default `true`, and `false` when compact. */
  readonly output?: boolean
  /** Whether to show the log; default `true`, and `false` when compact. */
  readonly logs?: boolean
  /** Whether the log is unfolded at first; default `false`. */
  readonly defaultLogsOpen?: boolean
}

/** Props of {@link TaskProgress}: those of `Root`, and what to show. `children` come last in the card. */
export type TaskProgressProps = RootProps & TaskProgressLayout

/**
 * A task, from start to end: status, progress, stages, connection, output, errors and log, in one card. Made of the parts
 * of `@taskstream/react/task-progress`; look at its source to make your own.
 *
 * @example <TaskProgress config={{ app: 'acme/flux', input: { prompt } }} />
 */
export const TaskProgress: Part<TaskProgressProps, HTMLDivElement> = definePart(
  'TaskProgress',
  ({ label, size = 'default', stages, output, logs, defaultLogsOpen = false, children, ...root }, ref) => {
    const isRoomy = size === 'default'
    const showsStages = stages ?? isRoomy
    return (
      <Root {...root} ref={ref} data-size={size}>
        <div data-slot="task-progress-header">
          <Label>{label}</Label>
          <div data-slot="task-progress-actions">
            <Connection />
            <Cancel />
            <Retry />
          </div>
        </div>
        <div data-slot="task-progress-summary">
          <Status />
          {showsStages && <Eta />}
          <Percent />
        </div>
        <Bar />
        {showsStages && (
          <div data-slot="task-progress-meta">
            <Stages />
            <Elapsed />
          </div>
        )}
        <ErrorPart />
        {(output ?? isRoomy) && <Outputs />}
        {(logs ?? isRoomy) && <LogSection defaultOpen={defaultLogsOpen} />}
        {children}
      </Root>
    )
  },
)

function Outputs(): ReactNode {
  return (
    <>
      <PartialOutput />
      <Output />
    </>
  )
}

/** The log behind one line. It is not rendered, and so not copied, while it is folded. */
function LogSection({ defaultOpen }: { readonly defaultOpen: boolean }): ReactNode {
  const { task, labels, locale } = useTaskProgress('Logs')
  const [isOpen, setOpen] = useState(defaultOpen)
  const { lines } = task.view.task.logs
  const lineCount = lines.droppedCount + lines.length
  if (lineCount === 0 && !task.isActive) return null
  return (
    <details
      data-slot="task-progress-log-section"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary data-slot="task-progress-log-summary">
        <Icon name="chevron" />
        {labels.logs}
        {lineCount > 0 && (
          <span data-slot="task-progress-log-count">{new Intl.NumberFormat(locale).format(lineCount)}</span>
        )}
      </summary>
      {isOpen && <Logs />}
    </details>
  )
}

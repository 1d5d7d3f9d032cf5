import { StreamError, type RunConfig } from '@taskstream/core'
import {
  cloneElement,
  isValidElement,
  useId,
  useMemo,
  useState,
  type ForwardedRef,
  type ReactElement,
  type ReactNode,
} from 'react'
import { definePart, joinRefs, renderElement, type Part, type PartProps } from '../element.tsx'
import type { TaskCallbacks } from '../task-callbacks.ts'
import { useTask, type UseTaskOptions } from '../use-task.ts'
import { useTaskStream, type TaskStreamOptions } from '../use-task-stream.ts'
import {
  attributesOf,
  namedByTask,
  stateOf,
  TaskProgressContext,
  type TaskProgressState,
} from './context.tsx'
import type { ShownTask } from './shown-task.ts'
import { mergeLabels, type SomeTaskProgressLabels } from './merge-labels.ts'
import { splitProps } from './split-props.ts'
import { createTicker } from './ticker.ts'
import { useAnnouncer } from './use-announcer.tsx'
import { useKeptFocus } from './use-kept-focus.ts'
import { useLook } from './use-look.ts'
import { TickerContext } from './use-now.ts'
import { WordsContext } from './words.ts'

interface CommonRootProps extends Omit<PartProps<'div', TaskProgressState>, keyof TaskCallbacks> {
  /** Replaces any of the English words. */
  readonly labels?: SomeTaskProgressLabels
  /** BCP 47 tag for numbers and durations; default the browser's. Give it where pages are rendered on a server. */
  readonly locale?: string
}

/** Starts a task and shows it. The same config is the same run, however many components show it. */
export interface ConfigRootProps extends CommonRootProps, Omit<TaskStreamOptions, 'key'> {
  readonly config: RunConfig | null
  /** Tells two runs of one config apart: the `key` of `useTaskStream`, which React keeps for itself. */
  readonly runKey?: string
  readonly taskId?: never
  readonly task?: never
}

/** Shows a task that exists. */
export interface TaskIdRootProps extends CommonRootProps, UseTaskOptions {
  readonly taskId: string | null | undefined
  readonly config?: never
  readonly task?: never
}

/** Shows what a hook of yours gives. */
export interface TaskRootProps extends CommonRootProps {
  /** The result of `useTaskStream` or `useTask`. */
  readonly task: ShownTask
  readonly config?: never
  readonly taskId?: never
}

/** Props of `Root`: one of `config`, `taskId` and `task`, with the options of the hook behind it. */
export type RootProps = ConfigRootProps | TaskIdRootProps | TaskRootProps

const optionNames = [
  'enabled',
  'throttle',
  'onStatusChange',
  'onProgress',
  'onLog',
  'onPartial',
  'onFinish',
  'onError',
] as const satisfies readonly (keyof UseTaskOptions)[]
const streamOptionNames = [...optionNames, 'timeout', 'cancelOnTimeout', 'resume'] as const

/**
 * Follows one task for all parts inside it, and speaks for them to screen readers. A `role="group"` that is named by the
 * `Label` part. While it is on the screen its task comes first where places for streams are few.
 *
 * @throws {StreamError} `misuse` without any of `config`, `taskId` and `task`
 */
export const Root: Part<RootProps, HTMLDivElement> = definePart('TaskProgress.Root', (props, ref) => {
  if (props.task !== undefined) return <RootElement {...props} elementRef={ref} />
  if (props.config !== undefined) return <ConfigRoot {...props} elementRef={ref} />
  if ('taskId' in props) return <TaskIdRoot {...props} elementRef={ref} />
  throw new StreamError(
    'misuse',
    'TaskProgress.Root was given neither config, taskId nor task, so it has nothing to show. Give it one of them; config={null} and taskId={null} are fine while there is none yet.',
  )
})

interface ElementRef {
  readonly elementRef: ForwardedRef<HTMLDivElement>
}

function ConfigRoot({ config, runKey, ...props }: ConfigRootProps & ElementRef): ReactNode {
  const [options, rest] = splitProps(props, streamOptionNames)
  const task = useTaskStream(config, { ...options, ...(runKey === undefined ? {} : { key: runKey }) })
  return <RootElement {...rest} task={task} />
}

function TaskIdRoot({ taskId, ...props }: TaskIdRootProps & ElementRef): ReactNode {
  const [options, rest] = splitProps(props, optionNames)
  return <RootElement {...rest} task={useTask(taskId, options)} />
}

function RootElement({
  task,
  labels: given,
  locale,
  elementRef,
  children,
  ...props
}: CommonRootProps & ElementRef & { readonly task: ShownTask }): ReactNode {
  const labelId = useId()
  const labels = useMemo(() => mergeLabels(given), [given])
  const [ticker] = useState(createTicker)
  const announcer = useAnnouncer(task, labels)
  const keptFocus = useKeptFocus()
  const lookRef = useLook(task.look)
  const context = useMemo(() => ({ task, labels, locale, labelId }), [task, labels, locale, labelId])
  const state = stateOf(context)
  const named = props['aria-label'] === undefined ? namedByTask(context) : {}
  const element = renderElement({
    tag: 'div',
    slot: 'task-progress',
    state,
    props: { ...props, children: withAnnouncer(children, announcer, props.asChild) },
    ref: joinRefs(lookRef, elementRef),
    own: { role: 'group', ...keptFocus, ...named, ...attributesOf(state) },
  })
  return (
    <TaskProgressContext.Provider value={context}>
      <WordsContext.Provider value={context}>
        <TickerContext.Provider value={ticker}>{element}</TickerContext.Provider>
      </WordsContext.Provider>
    </TaskProgressContext.Provider>
  )
}

/** With `asChild` the only child is the element, so the announcer goes into it. */
function withAnnouncer(
  children: ReactNode,
  announcer: ReactElement,
  asChild: boolean | undefined,
): ReactNode {
  if (asChild === true && isValidElement<{ readonly children?: ReactNode }>(children)) {
    return cloneElement(children, undefined, children.props.children, announcer)
  }
  return (
    <>
      {children}
      {announcer}
    </>
  )
}

import type { AgentInfo, Chat } from '@taskstream/core'
import {
  cloneElement,
  isValidElement,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useState,
  type ReactElement,
  type ReactNode,
} from 'react'
import { definePart, joinRefs, renderElement, type Part, type PartProps } from '../element.tsx'
import { createPinnedScroll } from '../task-progress/pinned-scroll.ts'
import { createTicker } from '../task-progress/ticker.ts'
import { useBeforePaint } from '../task-progress/use-before-paint.ts'
import { useKeptFocus } from '../task-progress/use-kept-focus.ts'
import { useLook } from '../task-progress/use-look.ts'
import { TickerContext } from '../task-progress/use-now.ts'
import { WordsContext } from '../task-progress/words.ts'
import { useSame } from '../use-same.ts'
import { createComposer } from './composer-store.ts'
import {
  AgentChatContext,
  attributesOf,
  useAgentChat,
  type AgentChatState,
  type RenderText,
  type ToolRenderers,
} from './context.tsx'
import { isSameLabels, mergeLabels, type SomeAgentChatLabels } from './merge-labels.ts'
import { Announcer } from './announcer.tsx'
import { usePartState } from './use-chat-state.ts'
import { useDrop } from './use-drop.tsx'

/** Props of `Root`. */
export interface RootProps extends PartProps<'div', AgentChatState> {
  /** The chat that is shown. Another one begins anew: with an empty draft, and at its end. */
  readonly chat: Chat
  /** What is told of the agent before the first message. */
  readonly info?: AgentInfo | null
  /** Replaces any of the English words. */
  readonly labels?: SomeAgentChatLabels
  /** BCP 47 tag for numbers, times and durations; default the browser's. Give it where pages are rendered on a server. */
  readonly locale?: string
  /** Components that show the calls of tools in place of ours, by the name of the tool. */
  readonly toolRenderers?: ToolRenderers
  /** Shows a text of the agent; default plain paragraphs. Give it one identity. */
  readonly renderText?: RenderText
  /** Files that can be attached, as in the `accept` attribute of a file input; default all. */
  readonly accept?: string
  /** Largest file that can be attached; default 100 MiB, which is what the service takes. */
  readonly maxFileSizeBytes?: number
  /** Why nothing can be sent now: closes the composer, and stands in it. */
  readonly disabledReason?: string
}

const defaultMaxFileSizeBytes = 100 * 1024 * 1024
const noRenderers: ToolRenderers = {}
const noLabels: SomeAgentChatLabels = {}

/**
 * Follows one chat for all parts inside it, speaks for them to screen readers, and takes files that are dropped. While it
 * is on the screen its chat comes first where places for streams are few.
 */
export const Root: Part<RootProps, HTMLDivElement> = definePart('AgentChat.Root', (props, ref) => {
  const { chat, info = null, labels: given, locale, toolRenderers, renderText, accept, ...rest } = props
  const { maxFileSizeBytes = defaultMaxFileSizeBytes, disabledReason = null, ...own } = rest
  const id = useId()
  const words = useSame(given ?? noLabels, isSameLabels)
  const labels = useMemo(() => mergeLabels(words), [words])
  const renderers = useSame(toolRenderers ?? noRenderers, isSameRecord)
  // Another chat is read from its end, wherever the reader was in this one.
  const { composer, scroll } = useMemo(
    () => ({ composer: createComposer(chat), scroll: createPinnedScroll() }),
    [chat],
  )
  useEffect(() => () => composer.end(), [composer])
  useBeforePaint(() => composer.setOpen(disabledReason === null), [composer, disabledReason])
  const [ticker] = useState(createTicker)
  const context = useMemo(
    () => ({
      chat,
      composer,
      scroll,
      labels,
      locale,
      info,
      toolRenderers: renderers,
      renderText: renderText ?? null,
      limits: { accept: accept ?? null, maxSizeBytes: maxFileSizeBytes },
      disabledReason,
      ids: { title: `${id}t`, viewport: `${id}v`, input: `${id}i`, hint: `${id}h` },
    }),
    [
      chat,
      composer,
      scroll,
      labels,
      locale,
      info,
      renderers,
      renderText,
      accept,
      maxFileSizeBytes,
      disabledReason,
      id,
    ],
  )
  return (
    <AgentChatContext.Provider value={context}>
      <WordsContext.Provider value={context}>
        <TickerContext.Provider value={ticker}>
          <RootElement {...own} ref={ref} />
        </TickerContext.Provider>
      </WordsContext.Provider>
    </AgentChatContext.Provider>
  )
})

const RootElement: Part<PartProps<'div', AgentChatState>, HTMLDivElement> = definePart(
  'AgentChat.RootElement',
  ({ children, ...props }, ref) => {
    const { chat, labels, info, ids } = useAgentChat('Root')
    const state = usePartState()
    const keptFocus = useKeptFocus()
    const drop = useDrop()
    const lookRef = useLook(useCallback(() => chat.look(), [chat]))
    const named =
      props['aria-label'] === undefined
        ? { 'aria-labelledby': ids.title, 'aria-label': info?.name ?? labels.chat }
        : {}
    const beside = (
      <>
        {drop.hint}
        <Announcer key="announcer" />
      </>
    )
    return renderElement({
      tag: 'div',
      slot: 'agent-chat',
      state,
      props: { ...props, children: withBeside(children, beside, props.asChild) },
      ref: joinRefs(lookRef, ref),
      own: { role: 'group', ...keptFocus, ...drop.handlers, ...named, ...attributesOf(state) },
    })
  },
)

/** With `asChild` the only child is the element, so what is ours goes into it. */
function withBeside(children: ReactNode, beside: ReactElement, asChild: boolean | undefined): ReactNode {
  if (asChild === true && isValidElement<{ readonly children?: ReactNode }>(children)) {
    return cloneElement(children, undefined, children.props.children, beside)
  }
  return (
    <>
      {children}
      {beside}
    </>
  )
}

function isSameRecord(a: ToolRenderers, b: ToolRenderers): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

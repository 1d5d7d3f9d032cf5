import {
  Children,
  cloneElement,
  createElement,
  forwardRef,
  isValidElement,
  version,
  type ComponentPropsWithoutRef,
  type CSSProperties,
  type ForwardedRef,
  type ForwardRefExoticComponent,
  type JSX,
  type PropsWithoutRef,
  type ReactElement,
  type ReactNode,
  type Ref,
  type RefAttributes,
  type RefCallback,
} from 'react'

/** Tags that our parts are made of. */
export type PartTag =
  | 'a'
  | 'button'
  | 'div'
  | 'form'
  | 'li'
  | 'ol'
  | 'p'
  | 'section'
  | 'span'
  | 'textarea'
  | 'time'

/** What a replaced element gets: spread it. */
export type RenderProps = Readonly<Record<string, unknown>> & { readonly children?: ReactNode }

/**
 * Props of every part: those of its tag, and three ways to make it the app's own.
 *
 * - `className` and `style` may be functions of what the part shows;
 * - `render` replaces the element: an element to clone, or a function of the props to spread and of what the part shows;
 * - `asChild` uses the only child as the element.
 */
export type PartProps<Tag extends PartTag, State> = Omit<
  ComponentPropsWithoutRef<Tag>,
  'className' | 'style'
> & {
  readonly className?: string | ((state: State) => string | undefined)
  readonly style?: CSSProperties | ((state: State) => CSSProperties | undefined)
  readonly render?: ReactElement | ((props: RenderProps, state: State) => ReactElement)
  readonly asChild?: boolean
}

/** Attributes and handlers that a part gives its element. */
export type OwnProps = Readonly<Record<string, unknown>>

/** What {@link renderElement} makes an element of. */
export interface ElementParts<Tag extends PartTag, State> {
  readonly tag: Tag
  /** Name of the part; stands in `data-slot`. */
  readonly slot: string
  readonly state: State
  /** What the app gave. It stands above `own`, except that handlers run one after the other. */
  readonly props: PartProps<Tag, State>
  readonly ref: Ref<Element>
  /** Attributes of ours; `undefined` leaves one out. */
  readonly own?: OwnProps
}

/** A component that passes its ref on. */
export type Part<P, E extends Element> = ForwardRefExoticComponent<PropsWithoutRef<P> & RefAttributes<E>>

/** A part with a name for developer tools that passes its ref on, in React 18 too. */
export function definePart<P, E extends Element>(
  displayName: string,
  render: (props: PropsWithoutRef<P>, ref: ForwardedRef<E>) => ReactNode,
): Part<P, E> {
  const part = forwardRef<E, P>(render)
  part.displayName = displayName
  return part
}

/** The element of a part. */
export function renderElement<Tag extends PartTag, State>(parts: ElementParts<Tag, State>): ReactElement {
  const { tag, slot, state, ref, own = {} } = parts
  const { className, style, render, asChild, ...given } = parts.props
  const resolved: Record<string, unknown> = mergeProps({ 'data-slot': slot, ...own }, given)
  const shownClass = typeof className === 'function' ? className(state) : className
  const shownStyle = typeof style === 'function' ? style(state) : style
  if (shownClass !== undefined) resolved['className'] = shownClass
  if (shownStyle !== undefined || own['style'] !== undefined) {
    resolved['style'] = { ...asStyle(own['style']), ...shownStyle }
  }
  const props = { ...resolved, ref }
  if (typeof render === 'function') return render(props, state)
  if (render !== undefined) return adopt(render, props)
  const child = parts.props.children
  if (asChild === true && isValidElement(child)) return adopt(Children.only(child), omitChildren(props))
  return createElement<OwnProps>(tag satisfies keyof JSX.IntrinsicElements, props)
}

function adopt(element: ReactElement, props: Record<string, unknown> & { ref: Ref<Element> }): ReactElement {
  const theirs = propsOf(element)
  const merged = mergeProps(props, theirs)
  if (typeof props['className'] === 'string' && typeof theirs['className'] === 'string') {
    merged['className'] = `${props['className']} ${theirs['className']}`
  }
  if (theirs['style'] !== undefined)
    merged['style'] = { ...asStyle(props['style']), ...asStyle(theirs['style']) }
  return cloneElement(element, { ...merged, ref: joinRefs(props.ref, refOf(element)) } as object)
}

/** `theirs` over `ours`; a handler of both runs theirs first, then ours unless they prevented it. */
function mergeProps(ours: OwnProps, theirs: OwnProps): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...ours }
  for (const [name, value] of Object.entries(theirs)) {
    if (value === undefined) continue
    const own = ours[name]
    const both = /^on[A-Z]/.test(name) && isHandler(own) && isHandler(value)
    merged[name] = both ? chain(value, own) : value
  }
  return merged
}

type Handler = (event: unknown, ...rest: unknown[]) => unknown

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function'
}

function chain(first: Handler, second: Handler): Handler {
  return (event, ...rest) => {
    first(event, ...rest)
    const prevented =
      typeof event === 'object' &&
      event !== null &&
      'defaultPrevented' in event &&
      event.defaultPrevented === true
    if (!prevented) second(event, ...rest)
  }
}

function omitChildren<T extends Record<string, unknown>>(props: T): T {
  return Object.fromEntries(Object.entries(props).filter(([name]) => name !== 'children')) as T
}

function asStyle(value: unknown): CSSProperties {
  return typeof value === 'object' && value !== null ? value : {}
}

function propsOf(element: ReactElement): Record<string, unknown> {
  return typeof element.props === 'object' && element.props !== null ? { ...element.props } : {}
}

/** Why by version: React 19 keeps the ref among the props and warns when it is read where React 18 keeps it. */
function refOf(element: ReactElement): Ref<Element> | undefined {
  const holder: object = Number.parseInt(version, 10) >= 19 ? propsOf(element) : element
  return 'ref' in holder ? (holder.ref as Ref<Element>) : undefined
}

const joined = new WeakMap<object, WeakMap<object, RefCallback<Element>>>()

/** Both refs as one; the same one for the same two, because React leaves and enters a ref that is new. */
export function joinRefs(first: Ref<Element>, second: Ref<Element> | undefined): Ref<Element> {
  if (second === undefined || second === null) return first
  if (first === null) return second
  const ofFirst = joined.get(first) ?? new WeakMap<object, RefCallback<Element>>()
  joined.set(first, ofFirst)
  const both = ofFirst.get(second) ?? createJoinedRef([first, second])
  ofFirst.set(second, both)
  return both
}

function createJoinedRef(refs: readonly Exclude<Ref<Element>, null>[]): RefCallback<Element> {
  return (element) => {
    const leave = refs.map((ref) => enterRef(ref, element))
    // Since React 19 a ref may give what ends it; React 18 warns of one that gives anything.
    if (!leave.some(isHandler)) return undefined
    return () => {
      for (const [index, ref] of refs.entries()) {
        const end = leave[index]
        if (isHandler(end)) end(null)
        else enterRef(ref, null)
      }
    }
  }
}

/** What the ref gives back. */
function enterRef(ref: Exclude<Ref<Element>, null>, element: Element | null): unknown {
  if (typeof ref === 'function') return ref(element)
  ref.current = element
  return undefined
}

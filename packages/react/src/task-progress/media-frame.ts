import type { CSSProperties } from 'react'

/** Pixels of a picture. */
export interface MediaSize {
  readonly width: number
  readonly height: number
}

/**
 * Keeps the room of a picture before it is there. It is no wider than its own pixels and no higher than
 * `--ts-media-height` (default 28rem), and never wider than what is around it.
 */
export function frameStyle({ width, height }: MediaSize): CSSProperties {
  return {
    aspectRatio: `${width} / ${height}`,
    inlineSize: `min(100%, ${width}px, calc(var(--ts-media-height, 28rem) * ${+(width / height).toFixed(4)}))`,
  }
}

/** The size to show: what was said, unless what came has another shape. */
export function shownSize(said: MediaSize | null, come: MediaSize | null): MediaSize | null {
  if (said === null || come === null) return come ?? said
  const isAlike = Math.abs((said.width * come.height) / (said.height * come.width) - 1) < 0.02
  return isAlike ? said : come
}

/** The size that a piece says it has; `null` when it does not say both sides. */
export function saidSize({
  width,
  height,
}: { readonly [K in keyof MediaSize]: number | null }): MediaSize | null {
  return width === null || height === null ? null : { width, height }
}

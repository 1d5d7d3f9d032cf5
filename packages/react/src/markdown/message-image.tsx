import { safeUrl } from '@taskstream/core'
import { createElement, type ReactElement } from 'react'
import { hostOf } from './link-target.ts'
import type { MarkdownSettings } from './markdown-settings.ts'
import type { ImageNode } from './nodes.ts'

/** An image where it may be loaded, and else what is known of it, in words. */
export function messageImage(
  { src, alt, title }: ImageNode,
  { allowImages, components, labels }: MarkdownSettings,
): ReactElement {
  const url = safeUrl(src, 'media')
  const isAllowed = url !== null && (typeof allowImages === 'function' ? allowImages(url) : allowImages)
  if (!isAllowed) return <span data-slot="markdown-image-off">{labels.image(alt, hostOf(src))}</span>
  return createElement(components.img ?? 'img', {
    src: url,
    alt,
    loading: 'lazy',
    decoding: 'async',
    referrerPolicy: 'no-referrer',
    ...(title !== null && { title }),
  })
}

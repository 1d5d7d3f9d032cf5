import { useEffect, useLayoutEffect } from 'react'

/** `useLayoutEffect` where there is a layout. React 18 warns of it on a server. */
export const useBeforePaint: typeof useLayoutEffect =
  typeof document === 'undefined' ? useEffect : useLayoutEffect

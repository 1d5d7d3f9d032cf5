/** React in happy-dom: strict mode, `act` warnings on, and an empty document after each test. */
import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach } from 'vitest'

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
configure({ reactStrictMode: true })
afterEach(cleanup)

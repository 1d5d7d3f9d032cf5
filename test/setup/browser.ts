/** React in a real browser: strict mode. vitest-browser-react empties the document before each test. */
import { configure } from 'vitest-browser-react/pure'

configure({ reactStrictMode: true })

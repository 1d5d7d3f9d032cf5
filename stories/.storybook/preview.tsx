import { DocsContainer, type DocsContainerProps } from '@storybook/addon-docs/blocks'
import type { Decorator, Preview } from '@storybook/react-vite'
import { useLayoutEffect, useSyncExternalStore, type PropsWithChildren, type ReactNode } from 'react'
import { themes } from 'storybook/theming'
import '@taskstream/react/styles.css'
import './preview.css'

type Theme = 'light' | 'dark'

/** Sets `data-theme` on the html element, where the components read it. */
function ThemedPage({ theme, children }: { theme: Theme; children: ReactNode }) {
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme
  }, [theme])
  return children
}

/** In a page of documentation one story may have a theme of its own, and the page keeps its own. */
const withTheme: Decorator = (Story, { globals, storyGlobals, viewMode }) => {
  const theme: Theme = globals['theme'] === 'dark' ? 'dark' : 'light'
  const own: unknown = storyGlobals
  if (viewMode === 'docs' && typeof own === 'object' && own !== null && 'theme' in own) {
    return (
      <div data-theme={theme} className="story-themed">
        <Story />
      </div>
    )
  }
  return (
    <ThemedPage theme={theme}>
      <Story />
    </ThemedPage>
  )
}

function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener)
  observer.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => observer.disconnect()
}

/** Documentation in the theme of its stories. */
function ThemedDocs(props: PropsWithChildren<DocsContainerProps>) {
  const theme = useSyncExternalStore(watchTheme, () => document.documentElement.dataset['theme'])
  return <DocsContainer {...props} theme={theme === 'dark' ? themes.dark : themes.light} />
}

const preview: Preview = {
  decorators: [withTheme],
  parameters: {
    a11y: { test: 'error' },
    backgrounds: { disable: true },
    docs: { container: ThemedDocs },
    layout: 'padded',
    options: {
      storySort: {
        order: [
          'Start here',
          'TaskProgress',
          'AgentChat',
          'Markdown',
          'Parts',
          ['Composition', 'Connection', 'Logs', 'Output'],
          'Hooks',
        ],
      },
    },
    viewport: {
      options: {
        phone: { name: 'Phone', styles: { width: '360px', height: '740px' }, type: 'mobile' },
        tablet: { name: 'Tablet', styles: { width: '768px', height: '1024px' }, type: 'tablet' },
        desktop: { name: 'Desktop', styles: { width: '1280px', height: '800px' }, type: 'desktop' },
      },
    },
  },
  globalTypes: {
    theme: {
      description: 'Colour scheme',
      toolbar: {
        title: 'Theme',
        icon: 'contrast',
        items: [
          { value: 'light', title: 'Light', icon: 'sun' },
          { value: 'dark', title: 'Dark', icon: 'moon' },
        ],
        dynamicTitle: true,
      },
    },
  },
  initialGlobals: { theme: 'light' },
}
export default preview

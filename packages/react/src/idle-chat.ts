import { initialChatView, StreamError, type Chat, type ChatView, type LiveStore } from '@taskstream/core'

const idleStore: LiveStore<ChatView> = {
  getState: () => initialChatView,
  getInitialState: () => initialChatView,
  subscribe: () => () => {},
}

function nobody(): Promise<never> {
  return Promise.reject(
    new StreamError(
      'misuse',
      'There is no chat here: the hook is disabled, or the page is still being taken over from the server. Nothing was sent.',
    ),
  )
}

/** Stands for no chat: shows nothing, follows nothing, and takes nothing. */
export const idleChat: Chat = {
  store: idleStore,
  live: idleStore,
  observe: () => () => {},
  current: () => initialChatView,
  onChange: () => () => {},
  sendMessage: nobody,
  retryMessage: nobody,
  withdrawMessage: nobody,
  stop: () => Promise.resolve(),
  regenerate: nobody,
  submitToolResult: nobody,
  alwaysAllowOptions: nobody,
  respondToApproval: nobody,
  resolveInterrupt: nobody,
  loadOlder: () => Promise.resolve(),
  upload: nobody,
  lendTools: () => () => {},
  hasTool: () => false,
  disconnect: () => {},
  reconnect: () => {},
  look: () => () => {},
}

import { StreamError, type Attachment, type Chat } from '@taskstream/core'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { refusalOf, type FileLimits } from './accept-file.ts'

/** A file that is attached to what is being written. */
export interface DraftFile {
  readonly key: string
  readonly file: File
  /** Address of a picture of it in this page; `null` where it is no picture. */
  readonly previewUrl: string | null
  /** `refused`: it may not be sent; `failed`: it could not be uploaded. */
  readonly status: 'uploading' | 'ready' | 'failed' | 'refused'
  readonly sentBytes: number
  readonly attachment: Attachment | null
  readonly refusal: 'too-large' | 'not-accepted' | null
  readonly error: StreamError | null
}

/** What is being written. */
export interface Draft {
  readonly text: string
  readonly files: readonly DraftFile[]
  /** Whether it is sent as soon as its files are uploaded. */
  readonly isArmed: boolean
  /** Why it was not taken; the draft is still here. */
  readonly error: StreamError | null
}

/** What is being written, and what can be done with it. Files are uploaded as soon as they are attached. */
export interface Composer {
  readonly store: Pick<StoreApi<Draft>, 'getState' | 'getInitialState' | 'subscribe'>
  readonly setText: (text: string) => void
  readonly addFiles: (files: Iterable<File>, limits: FileLimits) => void
  /** Takes a file away; an upload that is under way ends. */
  readonly removeFile: (key: string) => void
  readonly retryFile: (key: string) => void
  /** Sends it, or will when the files are uploaded. Nothing where it cannot be sent. Says whether it is on its way. */
  readonly send: () => boolean
  /** Takes back that it is sent as soon as its files are uploaded. */
  readonly disarm: () => void
  readonly fail: (error: StreamError) => void
  /** Opens or closes it: while it is closed nothing is sent, also not what waits for its files. It is open at first. */
  readonly setOpen: (isOpen: boolean) => void
  /** Ends uploads and forgets files. The text stays, because what is hidden may be shown again. */
  readonly end: () => void
}

const emptyDraft: Draft = { text: '', files: [], isArmed: false, error: null }

/** Why a draft cannot be sent; `null` when it can. */
export function sendBlock({ text, files }: Draft): 'empty' | 'files' | null {
  if (files.some(({ status }) => status === 'failed' || status === 'refused')) return 'files'
  return text.trim() === '' && files.length === 0 ? 'empty' : null
}

/** A composer for a chat, with nothing in it. */
export function createComposer(chat: Chat): Composer {
  const store = createStore<Draft>(() => emptyDraft)
  const uploads = new Map<string, AbortController>()
  let lastKey = 0
  let isOpen = true

  const change = (key: string, next: Partial<DraftFile>): void =>
    store.setState(({ files }) => ({
      files: files.map((file) => (file.key === key ? { ...file, ...next } : file)),
    }))
  const isHere = (key: string): boolean => store.getState().files.some((file) => file.key === key)

  const upload = async ({ key, file }: DraftFile): Promise<void> => {
    const controller = new AbortController()
    uploads.set(key, controller)
    try {
      const attachment = await chat.upload(file, {
        signal: controller.signal,
        onProgress: ({ sentBytes }) => change(key, { sentBytes }),
      })
      if (uploads.get(key) !== controller) return
      change(key, { status: 'ready', attachment, sentBytes: file.size })
      sendIfArmed()
    } catch (thrown) {
      if (uploads.get(key) !== controller || !isHere(key)) return
      change(key, { status: 'failed', error: StreamError.from(thrown) })
      store.setState({ isArmed: false })
    } finally {
      if (uploads.get(key) === controller) uploads.delete(key)
    }
  }

  const sendIfArmed = (): void => {
    const draft = store.getState()
    if (!draft.isArmed) return
    if (sendBlock(draft) !== null) store.setState({ isArmed: false })
    else if (draft.files.every(({ status }) => status === 'ready')) void deliver()
  }

  const deliver = async (): Promise<void> => {
    const draft = store.getState()
    const before = new Set(chat.current().agent.messages.map(({ key }) => key))
    store.setState(emptyDraft)
    const files = draft.files.flatMap(({ attachment }) => (attachment === null ? [] : [attachment]))
    try {
      await chat.sendMessage({ text: draft.text.trim(), ...(files.length === 0 ? {} : { files }) })
    } catch (thrown) {
      // What is shown as a message says for itself that it was not sent, or that its reply failed.
      if (chat.current().agent.messages.some(({ key }) => !before.has(key))) return forget(draft.files)
      const now = store.getState()
      const isEmpty = now.text === '' && now.files.length === 0
      const error = StreamError.from(thrown)
      // Whoever stops a message on its way wants it back, and knows why.
      const shown = error.code === 'aborted' ? null : error
      store.setState({ ...(isEmpty ? draft : now), isArmed: false, error: shown })
      if (isEmpty) return
    }
    forget(draft.files)
  }

  return {
    store,
    setText: (text) => store.setState({ text, error: null }),
    addFiles(files, limits) {
      const added = Array.from(files, (file): DraftFile => {
        const refusal = refusalOf(file, limits)
        return {
          key: String(++lastKey),
          file,
          previewUrl: refusal === null && file.type.startsWith('image/') ? URL.createObjectURL(file) : null,
          status: refusal === null ? 'uploading' : 'refused',
          sentBytes: 0,
          attachment: null,
          refusal,
          error: null,
        }
      })
      store.setState((draft) => ({ files: [...draft.files, ...added], isArmed: false, error: null }))
      for (const file of added) if (file.status === 'uploading') void upload(file)
    },
    removeFile(key) {
      const removed = store.getState().files.filter((file) => file.key === key)
      store.setState(({ files }) => ({ files: files.filter((file) => file.key !== key) }))
      uploads.get(key)?.abort()
      uploads.delete(key)
      forget(removed)
      sendIfArmed()
    },
    retryFile(key) {
      const file = store.getState().files.find((one) => one.key === key)
      if (file?.status !== 'failed') return
      change(key, { status: 'uploading', sentBytes: 0, error: null })
      void upload(file)
    },
    send() {
      const draft = store.getState()
      if (!isOpen || sendBlock(draft) !== null) return false
      store.setState({ isArmed: true })
      sendIfArmed()
      return true
    },
    disarm: () => store.setState({ isArmed: false }),
    fail: (error) => store.setState({ error }),
    setOpen(next) {
      isOpen = next
      if (!isOpen) store.setState({ isArmed: false })
    },
    end() {
      for (const controller of uploads.values()) controller.abort()
      uploads.clear()
      forget(store.getState().files)
      store.setState({ files: [], isArmed: false })
    },
  }
}

function forget(files: readonly DraftFile[]): void {
  for (const { previewUrl } of files) if (previewUrl !== null) URL.revokeObjectURL(previewUrl)
}

import { askApplication } from './ask-application.ts'

/** Where an application gets its token from. `forceRefresh`: the last one was refused, so a stored one is no use. */
export type GetToken = (options: { readonly forceRefresh: boolean }) => string | Promise<string>

/** A token as it goes with one request. */
export interface IssuedToken {
  readonly value: string
  /** How many refreshes had been made when the token was asked for. */
  readonly refreshCount: number
}

/** The token of a client, refreshed once for however many requests were refused with the old one. */
export interface TokenSource {
  /** The token for a new request; asks the application every time. */
  current(): Promise<IssuedToken>
  /** The token to try after `refused`: what a refresh since then has brought, else a refresh shared by all who wait. */
  renewed(refused: IssuedToken): Promise<IssuedToken>
}

/** Shares the refreshes of `getToken`. A failed refresh fails for all who wait for it, and the next one is tried anew. */
export function createTokenSource(getToken: GetToken): TokenSource {
  let latest: IssuedToken = { value: '', refreshCount: 0 }
  let refreshing: Promise<IssuedToken> | null = null

  const ask = (forceRefresh: boolean): Promise<string> =>
    askApplication('getToken', () => getToken({ forceRefresh }))
  const refresh = async (): Promise<IssuedToken> => {
    try {
      latest = { value: await ask(true), refreshCount: latest.refreshCount + 1 }
      return latest
    } finally {
      refreshing = null
    }
  }

  return {
    async current() {
      const { refreshCount } = latest
      return { value: await ask(false), refreshCount }
    },
    async renewed(refused) {
      // Why compare: a request that left before a refresh may be refused long after it.
      if (refreshing === null && refused.refreshCount < latest.refreshCount) return latest
      refreshing ??= refresh()
      return await refreshing
    },
  }
}

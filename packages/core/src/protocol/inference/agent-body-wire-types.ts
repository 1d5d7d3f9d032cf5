/** What `POST /chats/{id}/messages` takes (P§5.1). */
export interface ChatMessageBodyWire {
  readonly message: string
}

/** What `POST /tools/{id}` takes: the answer of a tool (P§7.1). */
export interface ToolResultBodyWire {
  readonly result: string
}

/** What `POST /tools/{id}/reject` takes (P§7.3). */
export interface RejectBodyWire {
  readonly reason: string
}

/** What `POST /chats/{id}/tools/{id}/always-allow` takes (P§5.2). */
export interface AlwaysAllowBodyWire {
  readonly option: string
}

/** What `POST /interrupts/{id}/resolve` takes (P§5.2). */
export interface ResolveBodyWire {
  readonly decision: 'allow' | 'deny'
}

import type { HttpEnv } from '../../source/http.ts'
import type { AgentProtocol } from '../agent-protocol.ts'
import type { ResumeMode } from '../stamp-frames.ts'
import { inferenceAgentRequests } from './agent-requests.ts'
import { askChat, connectChat } from './connect-chat.ts'
import { createChatDecoder } from './decode-chat.ts'
import {
  readAgentInfoAnswer,
  readAlwaysAllowAnswer,
  readMessagesAnswer,
  readSentAnswer,
} from './read-agent-answers.ts'
import { tellsChatNews } from './tells-chat-news.ts'

/** What {@link inferenceAgents} needs to know of its dialect. */
export interface AgentDialect {
  readonly resume: ResumeMode
  readonly readError: HttpEnv['readError']
}

/** The part of the inference.sh dialect that is about agents (P§5 to P§7). */
export function inferenceAgents({ resume, readError }: AgentDialect): AgentProtocol {
  return {
    requests: inferenceAgentRequests,
    connectChat: (chatId, env) => connectChat(chatId, { ...env, readError }, resume),
    askChat: (chatId, env) => askChat(chatId, { ...env, readError }),
    tellsNews: tellsChatNews,
    decodeChat: (chatId) => createChatDecoder(chatId, resume),
    readSent: readSentAnswer,
    readMessages: readMessagesAnswer,
    readAlwaysAllowOptions: readAlwaysAllowAnswer,
    readAgentInfo: readAgentInfoAnswer,
  }
}

export { Audits, type EpochCheck } from './audits.js';
export { ChatStream, type Piece } from './chat-stream.js';
export { ClientSocket, type SocketTask } from './client-socket.js';
export type { Answer, AnswerChoice } from './completion.js';
export { type ChatParameters, Ganglion, type Model } from './ganglion.js';
export { GanglionError, type GanglionErrorFacts } from './ganglion-error.js';
export type { CallOptions, HttpOptions } from './http.js';
export { type OpenSession, type PageOptions, Sessions } from './sessions.js';
export { type SubmitTask, Tasks } from './tasks.js';

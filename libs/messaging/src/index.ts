export * from './bus.js';
export * from './credentials.js';
export { FaultFilter } from './fault-filter.js';
export { Handles, type MessageContext, On } from './handles.js';
export { NatsStrategy, type StrategyObserver } from './strategy.js';
export { currentTrace, inTrace, TRACE_HEADER } from './trace.js';
export { readFrames, type StreamedFrame } from './token-history.js';
export { encodeFault, parseWire } from './wire.js';

export { type EventRow, type EventWriter, type Fact, record, type Said } from './event-row.js';
export { hearOnce, type HeardWriter } from './heard.js';
export { type EventReader, history } from './history.js';
export { type Lifecycle, lifecycle, type LifecycleTable } from './lifecycle.js';
export { type Birth, born, type Movable, type Move, move, type RowOf } from './move.js';
export { type DatabaseOptions, openDatabase } from './open-database.js';
export { Outbox, type OutboxClient, type OutboxOptions } from './outbox.js';
export type { Publish } from './outbox-batch.js';
export { schemaName } from './schema-name.js';

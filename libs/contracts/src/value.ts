import { z } from 'zod';

/** SHA-256, link, salt: 32 bytes in lowercase hex. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lowercase hex digits');
/** An Ed25519 signature: 64 bytes in lowercase hex. */
export const signature = z.string().regex(/^[0-9a-f]{128}$/, 'must be 128 lowercase hex digits');
/** A node's identity: the public form of its NKEY. */
export const nodeId = z
  .string()
  .regex(/^U[A-Z2-7]{55}$/, 'must be a public user NKEY (U followed by 55 base32 characters)');
const lowercaseUuid = () => z.uuid().regex(/^[0-9a-f-]+$/, 'must be in lowercase');
export const uuid = lowercaseUuid();
/** A task's UUID is hashed, so it has one spelling. */
export const taskId = lowercaseUuid();
export const u32 = z.int().min(0).max(0xffff_ffff);
export const i32 = z.int().min(-0x8000_0000).max(0x7fff_ffff);
const carriable = /^[^\0\ud800-\udfff]*$/u;
/**
 * Is this text that UTF-8 can carry and a database can hold? A lone surrogate has no encoding of its own, and so no
 * hash; PostgreSQL refuses U+0000.
 */
export const isText = (value: string): boolean => carriable.test(value);
export const notText = 'must hold neither U+0000 nor a lone surrogate';
export const text = z.string().regex(carriable, notText);
/** ISO 8601 in UTC. */
export const timestamp = z.iso.datetime();
export const modelId = text.min(1).max(128);
/** What a database keeps in a column of 32 bits. */
const MAX_INT = 0x7fff_ffff;
export const positiveInt = z.int().positive().max(MAX_INT);
export const count = z.int().nonnegative();
/** A count that goes into such a column as it comes. */
export const smallCount = z.int().nonnegative().max(MAX_INT);
/** The id of an API key. */
export const keyId = text.min(1).max(128);
/** The id of the API key something belongs to; null: the network's own. */
export const owner = text.max(128).nullable();

/** How well known the nodes of a session must be. */
export const sla = z.enum(['low', 'medium', 'high']);
export type Sla = z.infer<typeof sla>;
/** Why something ended as it did: machine readable, then a sentence. */
export const reason = z.object({ code: text.max(64), message: text.max(1024) });
export type Reason = z.infer<typeof reason>;

const pageBy = <T extends z.ZodType>(cursor: T) =>
  z.object({ cursor: cursor.optional(), limit: z.int().min(1).max(200).default(50) });
/** Cursor paging: `cursor` is the last id of the page before. */
export const page = pageBy(text.max(128));
/** The same, of things whose ids are UUIDs. */
export const pageByUuid = pageBy(uuid);
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

import { page } from '@ganglion/contracts';
import { z } from 'zod';

/** Query strings are text: numbers are read from it. */
export const pageQuery = page.extend({ limit: z.coerce.number().int().min(1).max(200).default(50) }).strict();

export type Page = z.infer<typeof pageQuery>;

/** `all=true` lists everyone's, for admins. */
export const ownedQuery = pageQuery.extend({ all: z.stringbool().default(false) }).strict();

import { receiptSchema } from '@ganglion/commitment';

/** The hashes by which a participant bound itself, from the receipt of its task; null where the receipt has none. */
export const hashesOf = (receipt: unknown): { precommit: string | null; head: string | null } => {
  const parsed = receiptSchema.safeParse(receipt);
  const last = parsed.success ? parsed.data.choices[0]?.segments.at(-1) : undefined;
  return {
    precommit: last?.proof.kind === 'commit' ? last.proof.precommit : null,
    head: last?.head ?? null,
  };
};

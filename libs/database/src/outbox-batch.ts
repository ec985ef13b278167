/** A row that waits to be published. */
export interface Unpublished {
  id: string;
  subject: string;
  payload: unknown;
}

/** Publishes one event; resolves when the broker has stored it. `id` makes a repetition harmless. */
export type Publish = (subject: string, payload: unknown, id: string) => Promise<void>;

export interface BatchOptions {
  publish: Publish;
  /** Events on their way at one time, at most. */
  inFlight: number;
  /** A publication that takes longer has failed. */
  timeoutMs: number;
  /** Asked before each: once false, nothing more is sent. */
  mayGoOn: () => boolean;
}

export interface BatchResult {
  published: string[];
  failed: { id: string; error: unknown }[];
}

/** So many failures in one batch, with no success between, are an outage: the rest of the batch is left for later. */
const OUTAGE = 8;

/** Publishes rows in order, with several on their way at a time. Rows that were not tried are in neither list. */
export async function publishBatch(
  rows: readonly Unpublished[],
  options: BatchOptions,
): Promise<BatchResult> {
  const result: BatchResult = { published: [], failed: [] };
  let failuresInRow = 0;
  const queue = rows.values();
  const worker = async (): Promise<void> => {
    for (const row of queue) {
      if (failuresInRow >= OUTAGE || !options.mayGoOn()) return;
      try {
        await withTimeout(options.publish(row.subject, row.payload, row.id), options.timeoutMs);
        result.published.push(row.id);
        failuresInRow = 0;
      } catch (error) {
        result.failed.push({ id: row.id, error });
        failuresInRow++;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.inFlight, rows.length) }, worker));
  return result;
}

async function withTimeout(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the broker did not answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

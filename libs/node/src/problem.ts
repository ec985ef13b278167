import type { Reason } from '@ganglion/contracts';

/** Why the engine did not do it, as others are told. */
export const problemOf = (error: unknown): Reason => {
  const { code, message } =
    error instanceof Error ? (error as Error & { code?: unknown }) : { code: null, message: '' };
  return {
    code: String(code ?? 'failed')
      .toLowerCase()
      .slice(0, 64),
    message: message.slice(0, 1_024),
  };
};

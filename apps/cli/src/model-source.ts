import type * as Inference from '@ganglion/inference';
import type { Command } from 'commander';
import { fileURLToPath } from 'node:url';
import { CommandError, exitCode } from './command-error.js';
import { readEnvironment } from './connection.js';

/** What every `ganglion model` command works with. */
export interface ModelSource {
  readonly inference: typeof Inference;
  readonly options: {
    readonly bundled: string;
    readonly cache: string;
    readonly hub: { readonly address?: string; readonly token?: string };
    readonly quantisation: string | undefined;
    readonly signal: AbortSignal;
  };
  readonly json: boolean;
}

const bundled = fileURLToPath(new URL('../../../models', import.meta.url));

const codes: Partial<Record<Inference.InferenceErrorCode, number>> = {
  REFERENCE_INVALID: exitCode.usage,
  HUB_UNREACHABLE: exitCode.unreachable,
  CANCELLED: exitCode.cancelled,
};

/**
 * Runs a command that needs models, with what it failed of told in one line; Ctrl-C cancels it.
 * @param cancelled what to say after Ctrl-C
 */
export const withModels = async (
  command: Command,
  run: (source: ModelSource) => Promise<void>,
  cancelled = 'cancelled',
): Promise<void> => {
  // Loaded here: the other commands do not wait for it.
  const inference = await import('@ganglion/inference');
  const environment = readEnvironment();
  const { quant, json } = command.optsWithGlobals<{ quant?: string; json?: boolean }>();
  const hub = {
    address: environment.GANGLION_MODEL_MIRROR || undefined,
    token: environment.HF_TOKEN || undefined,
  };
  const stop = new AbortController();
  const onInterrupt = (): void => stop.abort();
  process.on('SIGINT', onInterrupt);
  try {
    const cache = inference.cacheDirectory(environment);
    const options = { bundled, cache, hub, quantisation: quant, signal: stop.signal };
    await run({ inference, options, json: json ?? false });
  } catch (error) {
    if (!(error instanceof inference.InferenceError)) throw error;
    const message = error.code === 'CANCELLED' ? cancelled : error.message;
    throw new CommandError(message, codes[error.code] ?? exitCode.no);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
};

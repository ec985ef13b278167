import { Network, type NetworkOptions, type ProgressEvent } from '@ganglion/testkit';
import { type RunningNetwork, welcome } from './welcome.js';

export interface StartOptions {
  miners: number;
  port: number;
  model: string | undefined;
  dataDir: string;
  json: boolean;
}

/** Tells what is going on; see tools/setup/narrator.mjs, which must run before anything is compiled. */
export interface Narrator {
  line(text?: string): void;
  note(text: string): void;
  begin(step: string): void;
  end(step: string): void;
  fail(text: string): void;
  paint(code: number, text: string): string;
}

const tell =
  (narrator: Narrator) =>
  (event: ProgressEvent): void => {
    if (event.kind === 'note') narrator.note(event.text);
    else narrator[event.kind](event.step);
  };

/** Runs a network until a signal ends it; resolves with the exit code. */
export const runNetwork = async (options: StartOptions, narrator: Narrator): Promise<number> => {
  const interrupt = new AbortController();
  const ended = untilSignal(interrupt, narrator);
  const { miners, port, model, dataDir } = options;
  const settings: NetworkOptions = {
    miners,
    port,
    model,
    dataDir,
    isSupervised: true,
    signal: interrupt.signal,
  };
  let network: Network;
  try {
    network = await Network.start({ ...settings, onProgress: tell(narrator) });
  } catch (error) {
    if (interrupt.signal.aborted) return 130;
    narrator.fail(error instanceof Error ? error.message : String(error));
    return 1;
  }
  const { url, apiKey } = network;
  if (options.json) process.stdout.write(`${JSON.stringify({ url, apiKey })}\n`);
  else narrator.line(welcome(await describe(network, options), (code, text) => narrator.paint(code, text)));
  await ended;
  await network.stop();
  narrator.line('Stopped. The next start finds the data again.');
  return 0;
};

/** npm passes on a signal that the terminal has sent us already: two this close are one. */
const ONE_SIGNAL_MS = 1_000;

/** The first signal asks for an orderly end; a second one does not wait for it. */
const untilSignal = (interrupt: AbortController, narrator: Narrator): Promise<void> =>
  new Promise((resolve) => {
    let askedAt: number | undefined;
    const onSignal = (): void => {
      if (askedAt !== undefined) {
        // What still runs is ended by the guard.
        if (performance.now() - askedAt > ONE_SIGNAL_MS) process.exit(130);
        return;
      }
      askedAt = performance.now();
      narrator.line('\nStopping… (once more: at once)');
      interrupt.abort();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });

const describe = async (network: Network, options: StartOptions): Promise<RunningNetwork> => {
  const { data } = await network.ask<{ data: { id: string }[] }>('/v1/models');
  return {
    url: network.url,
    apiKey: network.apiKey,
    joinToken: network.joinToken,
    dataDir: options.dataDir,
    model: data[0]?.id,
    isBundledModel: options.model === undefined,
    miners: options.miners,
  };
};

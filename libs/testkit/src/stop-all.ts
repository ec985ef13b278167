import type { Part } from './part.js';

/** Miners first, so that they can finish and leave; the servers last. */
export const stopAll = async (processes: Map<string, Part>): Promise<void> => {
  const servers = ['nats', 'postgres'];
  const stop = (isOne: (name: string) => boolean): Promise<unknown> =>
    Promise.allSettled([...processes].filter(([name]) => isOne(name)).map(([, part]) => part.stop()));
  await stop((name) => name.startsWith('miner-'));
  await stop((name) => !servers.includes(name));
  await stop((name) => servers.includes(name));
};

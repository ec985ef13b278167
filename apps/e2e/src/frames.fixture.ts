import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from '@ganglion/contracts';
import { type Bus, connectBus, parseCredentials } from '@ganglion/messaging';
import type { NetworkAddress } from '@ganglion/testkit';

/** A connection with a router's rights: it hears what miners stream. */
export const listeningBus = async ({ dataDir, natsUrl }: NetworkAddress): Promise<Bus & AsyncDisposable> => {
  const creds = await readFile(join(dataDir, 'secrets', 'router', 'nats.creds'), 'utf8');
  const bus = await connectBus({ servers: natsUrl, name: 'router', credentials: parseCredentials(creds) });
  return Object.assign(bus, { [Symbol.asyncDispose]: () => bus.nats.close() });
};

/** Everything that is streamed for one task from now on. */
export const hearFrames = (bus: Bus, taskId: string): readonly Frame[] => {
  const heard: Frame[] = [];
  bus.feed(taskId, { frame: (_nodeId, frame) => void heard.push(frame), control: () => {} });
  return heard;
};

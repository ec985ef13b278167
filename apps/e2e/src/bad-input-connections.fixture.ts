import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { manifestDigest } from '@ganglion/commitment';
import { type Declaration, type ModuleName, moduleNames } from '@ganglion/contracts';
import { type Bus, connectBus, parseCredentials } from '@ganglion/messaging';
import { createSeed, joinMessage, type NodeIdentity, readIdentity } from '@ganglion/node';
import type { NetworkAddress } from '@ganglion/testkit';

/** Connections to the broker as every module and as one miner, with their own rights and nothing more. */
export interface Connections extends AsyncDisposable {
  readonly modules: Readonly<Record<ModuleName, Bus>>;
  readonly miner: Bus;
  readonly nodeId: string;
}

export const connectAll = async (network: NetworkAddress): Promise<Connections> => {
  const buses: [ModuleName, Bus][] = [];
  // One after another: each signs its way in, and that is slow work on a busy machine.
  for (const name of moduleNames) buses.push([name, await connectAsModule(network, name)]);
  const identity = readIdentity(createSeed());
  const miner = await connectAsMiner(network, identity);
  const modules = Object.fromEntries(buses) as Record<ModuleName, Bus>;
  const close = async (): Promise<void> => {
    await Promise.all([miner, ...Object.values(modules)].map((bus) => bus.nats.close()));
  };
  return { modules, miner, nodeId: identity.nodeId, [Symbol.asyncDispose]: close };
};

const connectAsModule = async ({ dataDir, natsUrl }: NetworkAddress, name: ModuleName): Promise<Bus> => {
  const creds = await readFile(join(dataDir, 'secrets', name, 'nats.creds'), 'utf8');
  return connectBus({ servers: natsUrl, name, credentials: parseCredentials(creds) });
};

const files = [{ path: 'onnx/model.onnx', bytes: 1, sha256: 'ab'.repeat(32) }];
/** A model that nobody has: whoever joins with it is never asked anything by users. */
const declared: Declaration = {
  version: '1',
  model: {
    id: 'nobody-has-it',
    digest: manifestDigest(files),
    contextLength: 512,
    quantisation: 'none',
    defaults: { temperature: 1, topP: 1, topK: 0, maxTokens: 16 },
    files,
    challenges: [{ prompt: 'a', answer: 'b', maxTokens: 1 }],
  },
  slots: 1,
  determinismClass: 'none',
  cpu: 'none',
  cores: 1,
  memoryBytes: 1,
};

/** A node that joins as any miner does, and then has no good intentions. */
const connectAsMiner = async (network: NetworkAddress, identity: NodeIdentity): Promise<Bus> => {
  const { joinToken, natsUrl } = network;
  const { nodeId } = identity;
  const post = { method: 'POST' };
  const { nonce } = await network.ask<{ nonce: string }>('/v1/nodes/nonce', { ...post, body: '{}' });
  const signature = Buffer.from(identity.sign(joinMessage(nonce))).toString('hex');
  const body = JSON.stringify({ nodeId, token: joinToken, nonce, signature, declared });
  const { jwt } = await network.ask<{ jwt: string }>('/v1/nodes/join', { ...post, body });
  const credentials = { jwt: () => jwt, seed: identity.seed };
  return connectBus({ servers: natsUrl, name: nodeId, credentials });
};

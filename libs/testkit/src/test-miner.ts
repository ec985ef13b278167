import { mkdir, rename, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSeed, readIdentity } from '@ganglion/node';
import { eventually } from './eventually.js';
import { miner, type MinerOptions } from './miners.js';
import type { NetworkAddress } from './network-address.js';
import type { Part } from './part.js';
import type { Program } from './program.js';
import { builtProgram } from './repository.js';
import { type Fault, type Orders, ordersFile } from './test-miner-orders.js';

export interface TestMinerOptions {
  /** The same name again is the same node. */
  name?: string;
  slots?: number;
  model?: string | undefined;
  /** What it does wrong from the start; its first health test then sees it too. */
  faults?: readonly Fault[];
  /** It makes no more than one token in this time. */
  tokenMs?: number;
  /** The class it declares instead of its engine's. */
  determinismClass?: string;
  /** The join token it brings; the network's first one unless given. */
  token?: string;
}

type OwnOptions = TestMinerOptions &
  Pick<MinerOptions, 'env'> & { logLevel: string; clockFile?: string | undefined };

/** A miner with the real engine and model that misbehaves on order; several may share a process, and so its fate. */
export class TestMiner implements Part {
  private constructor(
    /** Of the process. */
    readonly name: string,
    readonly nodeId: string,
    readonly program: Program,
    private readonly folder: string,
  ) {}

  /** Makes its key and its process; not yet started. */
  static async create(name: string, network: NetworkAddress, options: OwnOptions): Promise<TestMiner> {
    return (await TestMiner.createAll(1, network, { ...options, name }))[0]!;
  }

  /** Makes a process of so many nodes with a key each; not yet started. */
  static async createAll(
    count: number,
    network: NetworkAddress,
    options: OwnOptions & { name: string },
  ): Promise<TestMiner[]> {
    const file = builtProgram('libs', 'testkit', 'dist', 'test-miner-program.js');
    const { name, faults = [], tokenMs, determinismClass, token, ...rest } = options;
    const env = {
      ...options.env,
      ...(tokenMs === undefined ? {} : { TOKEN_MS: String(tokenMs) }),
      ...(determinismClass === undefined ? {} : { DETERMINISM_CLASS: determinismClass }),
      ...(token === undefined ? {} : { GANGLION_TOKEN: token }),
    };
    const program = await miner(name, network, { ...rest, env, program: file });
    const nodes = Array.from({ length: count }, async (_, index) => {
      const folder = join(network.dataDir, 'miners', name, `node-${index + 1}`);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { nodeId } = readIdentity(await keepSeed(join(folder, 'node.key')));
      const made = new TestMiner(name, nodeId, program, folder);
      await made.order({ faults: [...faults] });
      return made;
    });
    return Promise.all(nodes);
  }

  /** From now on it does these things wrong, in the attempts it is offered from now on; with none it is honest. */
  misbehave(...faults: Fault[]): Promise<void> {
    return this.order({ faults });
  }

  /** From now on it is a miner as any. */
  behave(): Promise<void> {
    return this.order({ faults: [] });
  }

  /** Meddles with another node's task, with its next heartbeat. */
  meddle(fault: 'foreign-precommit' | 'foreign-frames', taskId: string): Promise<void> {
    return this.order({ faults: [fault], taskId });
  }

  get pid(): number | undefined {
    return this.program.pid;
  }

  get isRunning(): boolean {
    return this.program.isRunning;
  }

  /** Waits until it has ended by itself. */
  async untilEnded(): Promise<void> {
    await eventually(() => !this.isRunning, { timeoutMs: 30_000 });
  }

  log(): string {
    return this.program.log();
  }

  run(): Promise<void> {
    return this.program.run();
  }

  stop(): Promise<void> {
    return this.program.stop();
  }

  kill(): Promise<void> {
    return this.program.kill();
  }

  private async order(orders: Orders): Promise<void> {
    const path = join(this.folder, ordersFile);
    await writeFile(`${path}.new`, JSON.stringify(orders));
    await rename(`${path}.new`, path);
  }
}

const keepSeed = async (path: string): Promise<Uint8Array> => {
  if (!existsSync(path)) await writeFile(path, new TextDecoder().decode(createSeed()), { mode: 0o600 });
  return new TextEncoder().encode(readFileSync(path, 'utf8').trim());
};

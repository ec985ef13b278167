import { DataFolder } from './data-folder.js';
import { eventually } from './eventually.js';
import { firstCredentials } from './first-credentials.js';
import { freePort, isPortFree } from './free-port.js';
import { startServers } from './local-servers.js';
import { miner, type MinerOptions } from './miners.js';
import { NetworkAddress, type NetworkFacts } from './network-address.js';
import { type NetworkOptions, serviceEnv } from './network-options.js';
import type { Part } from './part.js';
import { Progress } from './progress.js';
import type { Program } from './program.js';
import { putAway } from './put-away.js';
import { freeRouters, services } from './services.js';
import { stopAll } from './stop-all.js';
import { supervise } from './supervise.js';
import { TestClock } from './test-clock.js';
import { TestMiner, type TestMinerOptions } from './test-miner.js';

/** Where the Jest environment puts the network that the set-up of the project e2e has started. */
const SHARED = Symbol.for('ganglion.shared-network');

/** A whole network on this machine: real servers, every service and miner a process of its own. */
export class Network extends NetworkAddress implements AsyncDisposable {
  /** Every process, by its name: `nats`, `postgres`, each module (`session`, `session-2`…), `miner-1`… */
  readonly processes: Map<string, Part>;
  #miners = 0;
  #isStopping = false;

  private constructor(
    facts: NetworkFacts,
    private readonly parts: {
      data: DataFolder;
      processes: Map<string, Part>;
      options: NetworkOptions;
      clock: TestClock | undefined;
    },
  ) {
    super(facts);
    this.processes = parts.processes;
  }

  /** Starts a network and waits until all its miners are tested. On failure nothing is left running. */
  static async start(options: NetworkOptions = {}): Promise<Network> {
    const host = options.host ?? '127.0.0.1';
    const port = options.port || (await freePort());
    if (!(await isPortFree(port, host)))
      throw new Error(`Port ${port} of ${host} is in use: choose another one with --port.`);
    const data = await DataFolder.open(options.dataDir);
    const processes = new Map<string, Part>();
    const giveUp = (): void => void stopAll(processes);
    options.signal?.addEventListener('abort', giveUp);
    try {
      const network = await Network.startIn({ data, processes, options }, { host, port });
      await network.startMiners(options.miners ?? 3);
      return network;
    } catch (error) {
      await stopAll(processes);
      await putAway(data, options);
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', giveUp);
    }
  }

  /** The shared network with its processes, for specs that break something in it and make it whole again. */
  static ofSetUp(): Network {
    const { [SHARED]: network } = globalThis as { [SHARED]?: Network };
    if (!network)
      throw new Error('No shared network in this process: use --runInBand, and no GANGLION_TEST_NETWORK');
    return network;
  }

  private static async startIn(
    { data, processes, options }: { data: DataFolder; processes: Map<string, Part>; options: NetworkOptions },
    { host, port }: { host: string; port: number },
  ): Promise<Network> {
    const isDurable = options.dataDir !== undefined;
    await data.turnLogs();
    const progress = new Progress(options.onProgress, options.signal);
    const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;
    const replicas = options.replicas ?? (isDurable ? 1 : 2);
    const routers = [{ host, port, url }, ...(await freeRouters(replicas - 1))];
    const clock = isDurable ? undefined : await TestClock.create(data, options.clockScale);
    const onPart = (name: string, part: Part): void => void processes.set(name, part);
    const servers = await startServers({ data, url, isDurable, progress, onPart });
    const urls = routers.map((router) => router.url);
    const facts = { url, urls, ...(await firstCredentials(data)), ...servers, dataDir: data.path };
    const network = new Network(facts, { data, processes, options, clock });
    await progress.step('Services', () =>
      network.startPrograms(
        services({
          data,
          ...servers,
          routers,
          replicas,
          clockFile: clock?.file,
          logLevel: network.logLevel,
          env: serviceEnv(options),
        }),
      ),
    );
    return network;
  }

  override get metricsUrls(): Record<string, string> {
    const programs = [...this.processes].filter(
      (entry): entry is [string, Program] => 'metricsUrl' in entry[1],
    );
    return Object.fromEntries(programs.map(([name, { metricsUrl }]) => [name, metricsUrl]));
  }

  override toJSON(): NetworkFacts {
    return { ...super.toJSON(), metricsUrls: this.metricsUrls };
  }

  private get logLevel(): string {
    return this.parts.options.logLevel ?? 'info';
  }

  private async startPrograms(programs: Promise<Program[]>): Promise<void> {
    const all = await programs;
    for (const program of all) {
      this.processes.set(program.name, program);
      program.start();
    }
    await Promise.all(all.map((program) => program.ready()));
    const { data, options } = this.parts;
    if (!options.isSupervised) return;
    const { onProgress } = options;
    const logFile = (name: string): string => data.logFile(name);
    for (const program of all) supervise(program, { logFile, onProgress, isOver: () => this.#isStopping });
  }

  private async startMiners(count: number): Promise<void> {
    const progress = new Progress(this.parts.options.onProgress, this.parts.options.signal);
    const names = Array.from({ length: count }, () => this.nextMiner());
    const { model } = this.parts.options;
    await progress.step(`Miners (${count})`, () =>
      this.startPrograms(Promise.all(names.map((name) => this.miner(name, { model })))),
    );
    await progress.step('First tests', () => this.untilServing(count));
  }

  /** Starts one more miner and waits until it has joined; returns its name. The same name again is the same node. */
  async addMiner(options: MinerOptions & { name?: string } = {}): Promise<string> {
    const name = options.name ?? this.nextMiner();
    const { model } = this.parts.options;
    await this.startPrograms(Promise.all([this.miner(name, { model, ...options })]));
    return name;
  }

  /** Starts a miner that misbehaves on order, and waits until it has joined. */
  async addTestMiner(options: TestMinerOptions = {}): Promise<TestMiner> {
    return (await this.addTestMiners(1, options))[0]!;
  }

  /** Several of them, in one process with one engine. */
  async addTestMiners(count: number, options: TestMinerOptions = {}): Promise<TestMiner[]> {
    const name = options.name ?? this.nextMiner();
    const { model } = this.parts.options;
    const more = { name, logLevel: this.logLevel, clockFile: this.parts.clock?.file };
    const added = await TestMiner.createAll(count, this, { model, ...options, ...more });
    await this.startPrograms(Promise.resolve([added[0]!.program]));
    return added;
  }

  private miner(name: string, options: MinerOptions): Promise<Program> {
    return miner(name, this, { ...options, logLevel: this.logLevel, clockFile: this.parts.clock?.file });
  }

  private nextMiner(): string {
    return `miner-${++this.#miners}`;
  }

  /** Lets a miner finish what it has and leave. */
  async stopMiner(name: string): Promise<void> {
    await this.part(name).stop();
  }

  /** SIGKILL. */
  async kill(name: string): Promise<void> {
    await this.part(name).kill();
  }

  /** Ends a process in order if it runs, and starts it again on the same port and files. */
  async restart(name: string): Promise<void> {
    const part = this.part(name);
    await part.stop();
    await part.run();
  }

  logs(name: string): string {
    return this.part(name).log();
  }

  /** The time of all processes; only of a network in a temporary folder. */
  get clock(): TestClock {
    if (!this.parts.clock) throw new Error('A network with a data folder of its own keeps the real time');
    return this.parts.clock;
  }

  /** Waits until so many nodes are tested and serve, free or reserved. */
  async untilServing(count: number, timeoutMs = 90_000): Promise<void> {
    await eventually(
      async () => {
        const { items } = await this.ask<{ items: { state: string }[] }>('/v1/nodes?limit=200');
        const states = items.map(({ state }) => state);
        if (states.filter((state) => state === 'EPHEMERAL' || state === 'RESERVED').length < count)
          throw new Error(`${count} nodes should serve; the states are: ${states.join(', ') || 'none'}`);
      },
      { timeoutMs, everyMs: 200, signal: this.parts.options.signal },
    );
  }

  private part(name: string): Part {
    const part = this.processes.get(name);
    if (!part)
      throw new Error(`there is no process "${name}"; there are ${[...this.processes.keys()].join(', ')}`);
    return part;
  }

  /** Ends every process in order; a temporary folder is removed. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    await stopAll(this.processes);
    await putAway(this.parts.data, this.parts.options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

import { createConnection } from 'node:net';
import { Child, lastLines } from './child.js';
import { eventually } from './eventually.js';
import { findNatsServer } from './nats-server.js';
import type { Part } from './part.js';

export interface BrokerServerOptions {
  /** Written by provision; names host, port and folders. */
  configFile: string;
  port: number;
  logFile: string;
  log?: (line: string) => void;
}

/** A nats-server of our own. */
export class BrokerServer implements Part {
  #child: Child | undefined;

  private constructor(
    private readonly program: string,
    private readonly options: BrokerServerOptions,
  ) {}

  static async start(options: BrokerServerOptions): Promise<BrokerServer> {
    const program = await findNatsServer(options.log ? { log: options.log } : {});
    const server = new BrokerServer(program, options);
    await server.run();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.options.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child?.isRunning ?? false;
  }

  log(): string {
    return this.#child?.log() ?? '';
  }

  /** Starts the server on the same files and port again. */
  async run(): Promise<void> {
    const { configFile, logFile, port } = this.options;
    const child = new Child({
      name: 'nats-server',
      command: this.program,
      args: ['-c', configFile],
      logFile,
    });
    this.#child = child;
    await eventually(() => greets(child, port), { timeoutMs: 20_000 }).catch(async (error: unknown) => {
      await child.stop();
      throw new Error(`nats-server did not start (${String(error)})\n${lastLines(child.log())}`);
    });
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }
}

/** A NATS server speaks first: a line that begins with INFO. */
const greets = (child: Child, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!child.isRunning) return reject(new Error('it has ended'));
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.setTimeout(2_000, () => socket.destroy(new Error('no greeting')));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      if (data.toString().startsWith('INFO ')) resolve();
      else reject(new Error(`port ${port} is not a NATS server`));
    });
  });

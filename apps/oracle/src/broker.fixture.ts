import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaseBucket } from '@ganglion/contracts';
import { Bus, connectBus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { BrokerServer, freePort } from '@ganglion/testkit';
import { Kvm } from '@nats-io/kv';

/** A clock that the spec moves. */
export class MovedClock extends Clock {
  #ms = Date.parse('2030-01-01T00:00:00.000Z');

  override ms(): number {
    return this.#ms;
  }

  move(ms: number): void {
    this.#ms += ms;
  }
}

/** A real nats-server with the bucket of the lease. */
export class Broker implements AsyncDisposable {
  readonly #open: Bus[] = [];

  private constructor(
    private readonly folder: string,
    private readonly server: BrokerServer,
  ) {}

  static async start(): Promise<Broker> {
    const folder = await mkdtemp(join(tmpdir(), 'ganglion-oracle-'));
    const port = await freePort();
    const configFile = join(folder, 'nats.conf');
    await writeFile(
      configFile,
      `listen: 127.0.0.1:${port}\njetstream { store_dir: "${join(folder, 'store')}" }\n`,
    );
    const server = await BrokerServer.start({ configFile, port, logFile: join(folder, 'nats.log') });
    return new Broker(folder, server);
  }

  async connect(name: string): Promise<Bus> {
    const bus = await connectBus({ servers: this.server.url, name });
    this.#open.push(bus);
    return bus;
  }

  /** An empty bucket, counting revisions from 1: as after a broker that lost its files. */
  async renewBucket(): Promise<void> {
    const { nats } = await this.connect('provision');
    const kvm = new Kvm(nats);
    await (await kvm.create(leaseBucket)).destroy();
    await kvm.create(leaseBucket);
  }

  async closeConnections(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((bus) => bus.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeConnections();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Fault,
  type InputOf,
  nodePool,
  type Request,
  sessionQueue,
  type TaskSubmitted,
} from '@ganglion/contracts';
import { Bus, connectBus } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { BrokerServer, freePort } from '@ganglion/testkit';
import { headers } from '@nats-io/nats-core';

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

/** A real nats-server, and at its other end the modules that cognitive asks, played by the spec. */
export class Peers implements AsyncDisposable {
  /** What the queue was given and asked, in order. */
  readonly enqueued: TaskSubmitted[] = [];
  readonly revealed: string[] = [];
  readonly cancelled: string[] = [];
  due: { model: string; modelDigest: string; nodeIds: string[] } | null = null;
  isQueueThere = true;

  private constructor(
    private readonly folder: string,
    private readonly server: BrokerServer,
    readonly bus: Bus,
    private readonly others: Bus,
  ) {}

  static async start(): Promise<Peers> {
    const folder = await mkdtemp(join(tmpdir(), 'ganglion-cognitive-'));
    const port = await freePort();
    const configFile = join(folder, 'nats.conf');
    await writeFile(configFile, `listen: 127.0.0.1:${port}\n`);
    const server = await BrokerServer.start({ configFile, port, logFile: join(folder, 'nats.log') });
    const connect = (name: string) => connectBus({ servers: server.url, name });
    const peers = new Peers(folder, server, await connect('cognitive'), await connect('peers'));
    await peers.listen();
    return peers;
  }

  forget(): void {
    this.enqueued.length = this.revealed.length = this.cancelled.length = 0;
    this.due = null;
    this.isQueueThere = true;
  }

  private async listen(): Promise<void> {
    const { enqueue, reveal, cancel } = sessionQueue;
    this.answer(enqueue, (task: TaskSubmitted) => {
      this.enqueued.push(task);
      return { taskId: task.taskId, state: 'QUEUED', position: 1 };
    });
    this.answer(reveal, ({ taskId }: InputOf<typeof reveal>) => {
      this.revealed.push(taskId);
      return { taskId, state: 'REVEALING' };
    });
    this.answer(cancel, ({ taskId }: InputOf<typeof cancel>) => {
      this.cancelled.push(taskId);
      return { taskId, state: 'CANCELLED' };
    });
    this.answer(nodePool.sweep, () => ({
      due: this.due ? [{ ...this.due, challenges: [] }] : [],
      probe: [],
    }));
    await this.others.nats.flush();
  }

  private answer<I>(message: Request, handle: (input: I) => unknown): void {
    this.others.nats.subscribe(message.subject, {
      callback: (_error, msg) => {
        if (message.module === 'session-queue' && !this.isQueueThere) {
          const hdrs = headers();
          hdrs.set('Fault', 'UNAVAILABLE');
          const fault = new Fault('UNAVAILABLE', 'the database is away');
          msg.respond(JSON.stringify(fault.toBody()), { headers: hdrs });
          return;
        }
        msg.respond(JSON.stringify(handle(msg.json() as I)));
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.bus.close();
    await this.others.close();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

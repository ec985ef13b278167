import { fileURLToPath } from 'node:url';
import { event } from '@ganglion/contracts';
import { z } from 'zod';
import { PrismaClient } from './generated/trial/client.js';
import { lifecycle } from './lifecycle.js';
import { applyMigrations } from './migration/apply-migrations.js';
import { prepareRoles } from './migration/prepare-roles.js';
import { startScratchServer } from './migration/scratch-server.js';
import { openDatabase } from './open-database.js';

/** Where the schema and the migrations of the module `trial` lie. */
export const trialFolder = fileURLToPath(new URL('../fixture', import.meta.url));

export const lampLifecycle = lifecycle({
  name: 'lamp',
  initial: 'NEW',
  moves: { NEW: ['LIT', 'BROKEN'], LIT: ['DIM', 'BROKEN'], DIM: ['LIT', 'BROKEN'], BROKEN: [] },
});

export const lampBroken = event(
  'session',
  'lamp-broken',
  z.object({ lampId: z.uuid(), version: z.int(), colour: z.string().nullable() }),
);

/** A server with the module `trial`, prepared as in production: its role sees its own schema only. */
export class Trial implements AsyncDisposable {
  private readonly clients: PrismaClient[] = [];

  private constructor(
    private readonly server: Awaited<ReturnType<typeof startScratchServer>>,
    readonly adminUrl: string,
  ) {}

  static async start(): Promise<Trial> {
    const server = await startScratchServer();
    const trial = new Trial(server, server.url.replace(/\/postgres$/, '/trial'));
    const passwords = { migrator: 'm', trial: 't', neighbour: 'n' };
    await prepareRoles({ url: trial.adminUrl, modules: ['trial', 'neighbour'], passwords });
    await applyMigrations({ url: trial.urlOf('migrator', 'm'), module: 'trial', folder: trialFolder });
    return trial;
  }

  urlOf(role: string, password: string): string {
    const url = new URL(this.adminUrl);
    url.username = role;
    url.password = password;
    return url.href;
  }

  /** A client with connections of its own, as another replica has. */
  open(): PrismaClient {
    const client = openDatabase(PrismaClient, { url: this.urlOf('trial', 't'), schema: 'trial' });
    this.clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.clients.map((client) => client.$disconnect()));
    await this.server[Symbol.asyncDispose]();
  }
}

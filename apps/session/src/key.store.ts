import {
  type ApiKeyFacts,
  Fault,
  type InputOf,
  type KeyLimits,
  type KeyView,
  type OutputOf,
  session as messages,
  uuid,
} from '@ganglion/contracts';
import { record } from '@ganglion/database';
import type { ApiKey } from '@ganglion/database/session';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { SessionDatabase, SessionOutbox, type Tx } from './database.store.js';

type Scope = ApiKeyFacts['scopes'][number];
type Usage = KeyView['usage'];

@Injectable()
export class KeyStore {
  constructor(
    private readonly database: SessionDatabase,
    private readonly outbox: SessionOutbox,
    private readonly clock: Clock,
  ) {}

  async byHash(hash: string): Promise<ApiKeyFacts | null> {
    const row = await this.database.client.apiKey.findUnique({ where: { hash } });
    return row && !row.revokedAt ? toFacts(row) : null;
  }

  async byId(keyId: string): Promise<ApiKeyFacts | null> {
    const row = await find(this.database.client, keyId);
    return row && !row.revokedAt ? toFacts(row) : null;
  }

  /** Keeps a key's hash; one that is known stays as it is. */
  async insert(
    key: { hash: string; name: string; scopes: Scope[] },
    limits: Partial<KeyLimits> = {},
  ): Promise<ApiKeyFacts> {
    await this.database.client.apiKey.createMany({
      data: [{ ...key, ...limits, createdAt: this.clock.now() }],
      skipDuplicates: true,
    });
    return toFacts(await this.database.client.apiKey.findUniqueOrThrow({ where: { hash: key.hash } }));
  }

  /** The newest first. */
  async list({
    cursor,
    limit,
    revoked,
  }: InputOf<typeof messages.listKeys>): Promise<OutputOf<typeof messages.listKeys>> {
    const rows = await this.database.client.apiKey.findMany({
      where: {
        ...(revoked ? {} : { revokedAt: null }),
        ...(cursor === undefined ? {} : { id: { lt: cursor } }),
      },
      orderBy: { id: 'desc' },
      take: limit + 1,
    });
    const shown = rows.slice(0, limit);
    const usages = await this.usagesOf(shown.map(({ id }) => id));
    const items = shown.map((row) => toView(row, usages.get(row.id)));
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.keyId ?? null) : null };
  }

  /** Changes what is given, and tells the routers; null when there is no such key, or it was revoked. */
  async change({ keyId, name, limits = {} }: InputOf<typeof messages.changeKey>): Promise<KeyView | null> {
    const at = this.clock.now();
    const changed = await this.database.transaction(async (tx) => {
      const { count } = await tx.apiKey.updateMany({
        where: { id: keyId, revokedAt: null },
        data: { ...(name === undefined ? {} : { name }), ...limits },
      });
      if (count === 0) return null;
      const row = await tx.apiKey.findUniqueOrThrow({ where: { id: keyId } });
      const payload = { keyId, keyHash: row.hash };
      await record(tx, { event: messages.keyChanged, payload, entity: 'api-key', entityId: keyId, at });
      return row;
    });
    this.outbox.wake();
    return changed && toView(changed, (await this.usagesOf([keyId])).get(keyId));
  }

  async revoke(keyId: string): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      const row = await find(tx, keyId);
      if (!row) throw new Fault('NOT_FOUND', `keyId: no API key ${keyId}`, { field: 'keyId' });
      if (row.revokedAt) return;
      await tx.apiKey.update({ where: { id: keyId }, data: { revokedAt: at } });
      const payload = { keyId, keyHash: row.hash };
      await record(tx, { event: messages.keyRevoked, payload, entity: 'api-key', entityId: keyId, at });
    });
    this.outbox.wake();
  }

  private async usagesOf(owners: string[]): Promise<Map<string, Usage>> {
    const rows = await this.database.client.usage.findMany({ where: { owner: { in: owners } } });
    return new Map(
      rows.map(({ owner, tasks, promptTokens, completionTokens }) => [
        owner,
        { tasks, promptTokens: Number(promptTokens), completionTokens: Number(completionTokens) },
      ]),
    );
  }
}

/** The column is a UUID: what is none is no key's id. */
const find = async (tx: Pick<Tx, 'apiKey'>, keyId: string): Promise<ApiKey | null> =>
  uuid.safeParse(keyId).success ? tx.apiKey.findUnique({ where: { id: keyId } }) : null;

const limitsOf = ({ requestsPerMinute, concurrentTasks, tokensPerDay }: ApiKey): KeyLimits => ({
  requestsPerMinute,
  concurrentTasks,
  tokensPerDay,
});

const toFacts = (row: ApiKey): Required<ApiKeyFacts> => ({
  keyId: row.id,
  name: row.name,
  scopes: row.scopes as Scope[],
  limits: limitsOf(row),
});

const toView = (row: ApiKey, usage: Usage | undefined): KeyView => ({
  ...toFacts(row),
  createdAt: row.createdAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
  usage: usage ?? { tasks: 0, promptTokens: 0, completionTokens: 0 },
});

import { randomUUID } from 'node:crypto';
import { decode, type User } from '@nats-io/jwt';
import { createUser } from '@nats-io/nkeys';
import { declared, replica, TestPool } from './pool.fixture.js';

const otherFiles = [{ path: 'config.json', bytes: 3, sha256: 'cd'.repeat(32) }];

describe('joining', () => {
  let pool: TestPool;
  beforeEach(async () => {
    pool = await TestPool.open();
  });
  afterEach(() => pool[Symbol.asyncDispose]());

  const join = async (...request: Parameters<TestPool['request']>) =>
    pool.services.joins.join(await pool.request(...request));

  it('registers a new node with its model, says so, and sends it to its first test', async () => {
    const key = createUser();
    await join(key);
    const node = await pool.services.nodes.get(key.getPublicKey());
    expect(node).toMatchObject({ state: 'TESTING', model: 'tiny', slots: 2, lastSeenAt: null, reason: null });
    expect(await pool.states(node.nodeId)).toEqual(['REGISTERED', 'TESTING']);
    expect(
      (await pool.said(node.nodeId)).map(({ subject, payload }) => [subject, payload['version']]),
    ).toEqual([
      ['evt.node-pool.node-registered', 1],
      ['evt.node-pool.node-testing', 2],
    ]);
    expect((await pool.said(node.modelDigest)).map(({ subject }) => subject)).toEqual([
      'evt.node-pool.model-registered',
    ]);
  });

  it('answers with an hour of credentials for that key, which carry no rights of their own', async () => {
    const key = createUser();
    const { jwt, expiresAt, natsUrls } = await join(key);
    const claims = decode<User>(jwt);
    expect(claims.sub).toBe(key.getPublicKey());
    expect(claims.nats).toEqual({ issuer_account: pool.credentials.account, type: 'user', version: 2 });
    expect(Date.parse(expiresAt) - pool.clock.ms()).toBe(3_600_000);
    expect(claims.exp).toBe(Date.parse(expiresAt) / 1_000);
    expect(natsUrls).toEqual(['nats://broker:4222']);
  });

  it('needs a token of this network that has not expired', async () => {
    await pool.addToken('gt_old', { expiresAt: pool.clock.now() });
    const { token: _, ...without } = await pool.request(createUser());
    await expect(pool.services.joins.join(without)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(join(createUser(), { token: 'gt_wrong' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(join(createUser(), { token: 'gt_old' })).rejects.toMatchObject({ code: 'EXPIRED' });
    expect((await pool.services.nodes.list({ limit: 10 })).items).toEqual([]);
  });

  it('lets in as many nodes as the token allows, also when they come at once', async () => {
    await join(createUser());
    await pool.addToken('gt_two', { maxNodes: 2 });
    const requests = await Promise.all(
      Array.from({ length: 5 }, () => pool.request(createUser(), { token: 'gt_two' })),
    );
    const results = await Promise.allSettled(requests.map((request) => pool.services.joins.join(request)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(Array(3).fill('LIMITED'));
    expect((await pool.services.nodes.list({ limit: 10 })).items).toHaveLength(3);
  });

  it('refuses software that is too old, at once or when its credential is to be renewed', async () => {
    const [strict, key] = [
      replica(pool.database, pool.clock, pool.credentials, { leastVersion: [999, 0, 0] }),
      createUser(),
    ];
    await expect(strict.joins.join(await pool.request(key))).rejects.toThrow(
      /^declared\.version: .* too old; update the miner to 999\.0\.0 or later/,
    );
    expect((await pool.services.nodes.list({ limit: 10 })).items).toEqual([]);
    await join(key);
    await pool.services.credential.renew(key.getPublicKey());
    await expect(strict.credential.renew(key.getPublicKey())).rejects.toMatchObject({ code: 'INVALID' });
  });

  it('takes an unknown model only with a token that may register models, and with challenges', async () => {
    await pool.addToken('gt_plain');
    const foreign = declared({ id: 'foreign', files: otherFiles });
    await expect(join(createUser(), { token: 'gt_plain', declared: foreign })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    const untestable = declared({ id: 'foreign', files: otherFiles, challenges: [] });
    await expect(join(createUser(), { declared: untestable })).rejects.toThrow(/challenges/);
    await join(createUser(), { declared: foreign });
    await join(createUser(), { token: 'gt_plain', declared: untestable });
    expect((await pool.services.nodes.models()).models.map(({ id }) => id)).toEqual(['foreign']);
  });

  it('refuses a digest that is not that of the files', async () => {
    const forged = declared({ digest: '00'.repeat(32) });
    await expect(join(createUser(), { declared: forged })).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('declared.model.digest') as string,
    });
  });

  it('refuses a signature by another key', async () => {
    const nodeId = createUser().getPublicKey();
    await expect(join(createUser(), { nodeId })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('takes a nonce once, but leaves it unused by a join that was refused', async () => {
    const key = createUser();
    const request = await pool.request(key);
    await expect(pool.services.joins.join({ ...request, token: 'gt_wrong' })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await pool.services.joins.join(request);
    await expect(pool.services.joins.join(request)).rejects.toMatchObject({ code: 'STALE' });
    pool.clock.step(60_001);
    await expect(join(key, { nonce: request.nonce, signature: request.signature })).rejects.toMatchObject({
      code: 'STALE',
    });
  });

  it('makes one node of two joins of the same key at once', async () => {
    const key = createUser();
    const requests = [await pool.request(key), await pool.request(key)];
    const results = await Promise.allSettled(requests.map((request) => pool.services.joins.join(request)));
    const refused = results.filter((result) => result.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'CONFLICT' });
    expect(refused.length).toBeLessThan(2);
    expect(await pool.states(key.getPublicKey())).toEqual(['REGISTERED', 'TESTING']);
  });

  it('makes a node its token owner’s own', async () => {
    await join(createUser());
    await pool.addToken('gt_own', { owner: 'key_1' });
    const nodeId = await pool.joined({ token: 'gt_own' });
    expect((await pool.services.nodes.get(nodeId)).dedicatedTo).toBe('key_1');
  });

  it('lets a known node in again without a token, through a new test', async () => {
    const key = createUser();
    const nodeId = await pool.tested({ key });
    const { token: _, ...request } = await pool.request(key);
    await pool.services.joins.join({ ...request, declared: { ...declared(), slots: 7 } });
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({ state: 'TESTING', slots: 7 });
    expect(await pool.states(nodeId)).toEqual(['REGISTERED', 'TESTING', 'EPHEMERAL', 'OFFLINE', 'TESTING']);
  });

  it('does not end a quarantine', async () => {
    const key = createUser();
    const nodeId = await pool.joined({ key });
    await pool.services.nodes.judge(pool.verdict(nodeId, false), randomUUID());
    await join(key);
    expect(await pool.services.nodes.get(nodeId)).toMatchObject({
      state: 'QUARANTINED',
      reason: { code: 'wrong_answer' },
    });
  });

  it('shares its secret between replicas', async () => {
    const secrets = await Promise.all(
      Array.from({ length: 4 }, () =>
        pool.services.founding.nonceSecret().then((secret) => Buffer.from(secret).toString('hex')),
      ),
    );
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]).toHaveLength(64);
  });
});

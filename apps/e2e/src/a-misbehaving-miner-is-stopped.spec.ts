import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { streams } from '@ganglion/contracts';
import { connectBus, parseCredentials } from '@ganglion/messaging';
import type { Ganglion } from '@ganglion/sdk';
import { NetworkAddress, type TestMiner } from '@ganglion/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { counted } from './metrics.fixture.js';
import { clientOf, newKey, question, STORY } from './client.fixture.js';
import { untilNode } from './nodes.fixture.js';
import { ownMiners } from './own-miners.fixture.js';
import { openReady } from './sessions.fixture.js';

/** Slow enough to be meddled with in mid-answer. */
const TOKEN_MS = 25;
const story = (sessionId: string) =>
  question(STORY, { temperature: 0, max_tokens: 120, ganglion: { sessionId } });

describe('a miner that goes beyond its own tasks', () => {
  let network: NetworkAddress;
  let client: Ganglion;
  let sessionId: string;
  let miners: TestMiner[];
  let framesFlooder: TestMiner;
  let beatsFlooder: TestMiner;
  let good: string;
  const processes: TestMiner[] = [];
  const minersOf = async (owner: string, count: number): Promise<TestMiner[]> => {
    const made = await ownMiners(network, owner, { count, tokenMs: TOKEN_MS });
    processes.push(made[0]!);
    return made;
  };
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    const key = await newKey(network, 'is meddled with');
    const other = await newKey(network, 'floods');
    client = clientOf(network, key.apiKey);
    let flooders: TestMiner[][];
    [miners, ...flooders] = await Promise.all([
      minersOf(key.keyId, 4),
      minersOf(other.keyId, 1),
      minersOf(other.keyId, 1),
    ]);
    [framesFlooder, beatsFlooder] = flooders.flat() as [TestMiner, TestMiner];
    ({ sessionId } = await openReady(client, { mode: 'dedicated', minNodes: 4, maxNodes: 4 }));
    good = (await client.chat(story(sessionId))).text;
  });
  afterAll(() => Promise.all(processes.map((process) => process.stop())));

  const accusations = (code: string): Promise<number> =>
    counted(
      network,
      'session-queue',
      new RegExp(`^ganglion_events_total\\{.*node-misbehaved",code="${code}"`),
    );

  /** Has another node than the task's own meddle with a task while it is answered. */
  const meddle = async (fault: 'foreign-precommit' | 'foreign-frames'): Promise<TestMiner> => {
    const stream = await client.stream(story(sessionId));
    let text = '';
    let meddler: TestMiner | undefined;
    for await (const piece of stream) {
      text += piece.text;
      if (meddler) continue;
      const { attempts } = await client.tasks.get(stream.taskId);
      meddler = miners.find(({ nodeId }) => nodeId !== attempts[0]!.nodeId)!;
      await meddler.meddle(fault, stream.taskId);
    }
    const { text: final } = await stream.final;
    expect([text, final]).toEqual([good, good]);
    const receipt = await client.tasks.receipt(stream.taskId);
    expect(await client.verify(receipt)).toMatchObject({ ok: true });
    const { attempts } = await client.tasks.get(stream.taskId);
    expect(attempts.map(({ state }) => state)).toEqual(['ACCEPTED']);
    miners = miners.filter((miner) => miner !== meddler);
    return meddler!;
  };

  it('with a flood of frames is shut out for good, while others answer and the stream stays bounded', async () => {
    await framesFlooder.misbehave('frame-flood');
    const answers = Promise.all([client.chat(story(sessionId)), client.chat(story(sessionId))]);
    const { reason } = await untilNode(network, framesFlooder.nodeId, 'RETIRED');
    await framesFlooder.behave();
    expect(reason).toMatchObject({ code: 'flooded' });
    expect(await accusations('flooded')).toBeGreaterThan(0);
    expect((await answers).map(({ text }) => text)).toEqual([good, good]);
    expect(await bytesOfTokens(network)).toBeLessThanOrEqual(streams.tokens.maxBytes);
  });

  it.each([
    ['a precommit', 'foreign-precommit', 'foreign_attempt'],
    ['frames', 'foreign-frames', 'foreign_frames'],
  ] as const)('with %s for the task of another is put away, and the other unhurt', async (_, fault, code) => {
    const { nodeId } = await meddle(fault);
    const { reason } = await untilNode(network, nodeId, 'QUARANTINED');
    expect(reason).toMatchObject({ code, message: expect.stringMatching(/task .* never its own/) });
    expect(await accusations(code)).toBeGreaterThan(0);
  });

  it('with a flood of heartbeats is put away, and what is too much is dropped', async () => {
    await beatsFlooder.misbehave('heartbeat-flood');
    const { reason } = await untilNode(network, beatsFlooder.nodeId, 'QUARANTINED');
    await beatsFlooder.behave();
    expect(reason).toMatchObject({ code: 'heartbeat_flood' });
    expect(await counted(network, 'node-pool', /^ganglion_node_pool_dropped_total/)).toBeGreaterThanOrEqual(
      200,
    );
    expect((await client.chat(story(sessionId))).text).toBe(good);
  });

  it('and was shut out for good gives up', async () => {
    // The broker has cut it off and does not let it in again.
    await framesFlooder.untilEnded();
    expect(framesFlooder.log()).toMatch(/retired/);
  });
});

/** What the stream of frames holds, as its services may ask. */
const bytesOfTokens = async ({ dataDir, natsUrl }: NetworkAddress): Promise<number> => {
  const file = join(dataDir, 'secrets', 'session-queue', 'nats.creds');
  const credentials = parseCredentials(readFileSync(file, 'utf8'));
  const bus = await connectBus({ servers: natsUrl, name: 'session-queue', credentials });
  try {
    const manager = await jetstreamManager(bus.nats, { checkAPI: false });
    const { state, config } = await manager.streams.info(streams.tokens.name);
    expect(config.max_bytes).toBe(streams.tokens.maxBytes);
    return state.bytes;
  } finally {
    await bus.close();
  }
};

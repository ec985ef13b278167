import { finishCode, finishName, type FinishName } from './finish.js';
import {
  commitMessage,
  frameMessage,
  signCommit,
  signFrame,
  verifyCommit,
  verifyFrame,
} from './signature.js';
import { readVectors, signer } from './vectors.fixture.js';

interface Signed {
  seed: string;
  nodeId: string;
  message: string;
  signature: string;
}
interface Vectors {
  frames: (Signed & { link: string; finish: FinishName | null })[];
  commits: (Signed & { precommit: string })[];
}
const { frames, commits } = readVectors<Vectors>('signatures');
const code = (finish: FinishName | null) => (finish === null ? undefined : finishCode[finish]);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const stranger = commits[1]!.nodeId;

describe('frame signatures', () => {
  it.each(frames)(
    'sign the link and finish $finish',
    ({ seed, nodeId, link, finish, message, signature }) => {
      expect(hex(frameMessage(link, code(finish)))).toBe(message);
      expect(signFrame(signer(seed), link, code(finish))).toBe(signature);
      expect(verifyFrame(nodeId, link, code(finish), signature)).toBe(true);
    },
  );

  it.each(frames)('hold for no other finish than $finish', ({ nodeId, link, finish, signature }) => {
    const others = [undefined, 0, 1, 2, 3, 4].filter((other) => other !== code(finish));
    for (const other of others) expect(verifyFrame(nodeId, link, other, signature)).toBe(false);
  });

  it('hold for no other link, node or signature', () => {
    const { nodeId, link, signature } = frames[0]!;
    expect(verifyFrame(nodeId, '00'.repeat(32), undefined, signature)).toBe(false);
    expect(verifyFrame(stranger, link, undefined, signature)).toBe(false);
    expect(verifyFrame(nodeId, link, undefined, '00'.repeat(64))).toBe(false);
  });

  it('are refused, not thrown at, when malformed', () => {
    const { nodeId, link, signature } = frames[0]!;
    expect(verifyFrame('nobody', link, undefined, signature)).toBe(false);
    expect(verifyFrame(nodeId, 'link', undefined, signature)).toBe(false);
    expect(verifyFrame(nodeId, link, 9, signature)).toBe(false);
    expect(verifyFrame(nodeId, link, undefined, signature.toUpperCase())).toBe(false);
    expect(verifyFrame(nodeId, link, undefined, `${signature}00`)).toBe(false);
    expect(verifyFrame(nodeId, link, undefined, 'ff'.repeat(64))).toBe(false);
  });
});

describe('commit signatures', () => {
  it.each(commits)('sign the precommit as $nodeId', ({ seed, nodeId, precommit, message, signature }) => {
    expect(hex(commitMessage(precommit))).toBe(message);
    expect(signCommit(signer(seed), precommit)).toBe(signature);
    expect(verifyCommit(nodeId, precommit, signature)).toBe(true);
    expect(verifyCommit(nodeId, '00'.repeat(32), signature)).toBe(false);
    expect(verifyCommit(nodeId, precommit.slice(1), signature)).toBe(false);
  });

  it('cannot stand in for a frame, nor a frame for a commit', () => {
    const { nodeId, precommit, signature } = commits[0]!;
    expect(verifyFrame(nodeId, precommit, undefined, signature)).toBe(false);
    expect(verifyCommit(nodeId, frames[0]!.link, frames[0]!.signature)).toBe(false);
  });

  it('refuse a signer that gives something else than 64 bytes', () => {
    expect(() => signCommit(() => new Uint8Array(63), '00'.repeat(32))).toThrow(/must be 64 bytes/);
  });
});

describe('finish codes', () => {
  it('go from name to code and back', () => {
    expect(finishCode).toEqual({ stop: 0, length: 1, cancelled: 2, content_filter: 3, error: 4 });
    for (const [name, value] of Object.entries(finishCode)) expect(finishName(value)).toBe(name);
    expect(() => finishName(255)).toThrow(/^finish must be a code from 0 to 4/);
  });
});

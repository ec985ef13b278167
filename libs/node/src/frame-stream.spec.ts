import { Chain, finishCode, verifyFrame } from '@ganglion/commitment';
import { type Frame, frame as frameSchema } from '@ganglion/contracts';
import { jest } from '@jest/globals';
import { startChain } from './attempt.js';
import { FrameStream } from './frame-stream.js';
import { attemptFor, ScriptedEngine, tokensOf } from './scripted-engine.fixture.js';

const engine = new ScriptedEngine(() => []);

/** A stream of one choice, and a function that feeds it tokens. */
const openStream = (after = 0) => {
  const attempt = attemptFor(engine);
  const frames: Frame[] = [];
  const publish = (frame: Frame): void => void frames.push(frameSchema.parse(frame));
  const stream = new FrameStream({ attempt: 1, choice: 0, after, sign: attempt.sign, publish });
  const chain = startChain(attempt, 0);
  const push = (...texts: string[]): void => {
    for (const token of tokensOf(...texts)) stream.push(token, chain.append(token.id, token.text));
  };
  return { stream, chain, frames, push, nodeId: attempt.nodeId };
};

describe('a stream of frames', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('sends the first token at once and gathers the later ones for 10 ms', () => {
    const { frames, push } = openStream();
    push('a');
    expect(frames.map(({ tokens }) => tokens.length)).toEqual([1]);
    push('b', 'c');
    jest.advanceTimersByTime(9);
    expect(frames).toHaveLength(1);
    jest.advanceTimersByTime(1);
    push('d');
    jest.advanceTimersByTime(10);
    expect(frames.map(({ from, tokens }) => [from, tokens.map(([, text]) => text).join('')])).toEqual([
      [1, 'a'],
      [2, 'bc'],
      [4, 'd'],
    ]);
  });

  it('signs the first frame, one every 200 ms, and the last with its finish', () => {
    const { stream, chain, frames, push, nodeId } = openStream();
    push('a');
    for (let step = 0; step < 60; step++) {
      push('x');
      jest.advanceTimersByTime(10);
    }
    stream.end('length', chain.head);
    const signedAt = frames.flatMap(({ signature }, index) => (signature ? [index] : []));
    expect(signedAt).toEqual([0, 20, 40, 60, 61]);
    for (const { link, finish, signature } of frames.filter((frame) => frame.signature)) {
      expect(verifyFrame(nodeId, link, finish && finishCode[finish], signature!)).toBe(true);
    }
    expect(frames.at(-1)).toMatchObject({ tokens: [], from: 62, finish: 'length', link: chain.head });
  });

  it('puts the last token and the finish into one frame, and says nothing after it', () => {
    const { stream, chain, frames, push } = openStream();
    push('a', 'b');
    stream.push({ id: 9, text: '!' }, chain.append(9, '!'), 'stop');
    stream.end('cancelled', chain.head);
    jest.runAllTimers();
    expect(frames.map(({ tokens, finish }) => [tokens.length, finish])).toEqual([
      [1, undefined],
      [2, 'stop'],
    ]);
  });

  it('carries the log-probabilities of its tokens beside them, and none where there are none', () => {
    const { stream, chain, frames, push } = openStream();
    push('a');
    for (const [id, text] of [
      [7, 'b'],
      [8, 'c'],
    ] as const)
      stream.push({ id, text, logprobs: [[id, -5, text]] }, chain.append(id, text));
    jest.runAllTimers();
    expect(frames.map(({ logprobs }) => logprobs)).toEqual([undefined, [[[7, -5, 'b']], [[8, -5, 'c']]]]);
  });

  it('never grows beyond what a message holds, however late its timer is', () => {
    const { frames, push } = openStream();
    push('a', ...Array.from({ length: 600 }, () => 'x'));
    expect(frames.map(({ tokens }) => tokens.length)).toEqual([1, 256, 256]);
    jest.runAllTimers();
    expect(frames.at(-1)).toMatchObject({ from: 514, tokens: { length: 88 } });
  });

  it('counts on from the tokens of earlier attempts', () => {
    const { frames, push } = openStream(7);
    push('a');
    expect(frames[0]?.from).toBe(8);
  });

  it('carries links that whoever follows the tokens arrives at', () => {
    const { chain, frames, push } = openStream();
    const follower = Chain.follow(chain.head, 0);
    push('a', 'ä', '', '🙂');
    jest.runAllTimers();
    for (const { tokens, link } of frames) expect(follower.appendAll(tokens)).toBe(link);
    expect(follower.count).toBe(4);
  });
});

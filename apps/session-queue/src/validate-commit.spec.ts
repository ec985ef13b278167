import type { CommitData, PositionLogprobs } from '@ganglion/contracts';
import { answer, hash, request, submitted } from './an-answer.fixture.js';
import { type CommitToCheck, findCommitFault } from './validate-commit.js';

const task = submitted();
const honest = answer(task, 1);
const check = (over: Partial<CommitToCheck> = {}) =>
  findCommitFault({
    taskId: task.taskId,
    attempt: 1,
    nodeId: honest.nodeId,
    requestDigest: honest.requestDigest,
    request: task.request,
    precommit: honest.precommit,
    data: honest.data,
    streamed: honest.frames,
    ...over,
  });
const withChoice = (over: Partial<CommitData['choices'][number]>): CommitData => ({
  ...honest.data,
  choices: [{ ...honest.data.choices[0]!, ...over }],
});

describe('a commit', () => {
  it('holds when it is honest', () => {
    expect(check()).toBeNull();
  });

  it('holds when frames were lost on the way, or nothing was streamed', () => {
    expect(check({ streamed: honest.frames.slice(1, 2) })).toBeNull();
    expect(check({ streamed: [] })).toBeNull();
  });

  it('ignores frames of other attempts', () => {
    expect(check({ streamed: [{ ...honest.frames[0]!, attempt: 2, tokens: [[99, 'x']] }] })).toBeNull();
  });

  it('holds when it is empty', () => {
    const empty = answer(task, 1, []);
    const { nodeId, data, precommit } = empty;
    expect(check({ nodeId, data, precommit, streamed: [] })).toBeNull();
  });

  it.each([
    [
      'other tokens',
      withChoice({
        tokens: [
          [13, 'To'],
          [12, 'kyo'],
          [2, ''],
        ],
      }),
      'wrong_chain',
    ],
    [
      'right ids with wrong text',
      withChoice({
        tokens: [
          [11, 'Ky'],
          [12, 'oto'],
          [2, ''],
        ],
      }),
      'wrong_chain',
    ],
    ['another head', withChoice({ head: hash('d') }), 'wrong_chain'],
    ['another finish', withChoice({ finish: 'length' }), 'wrong_hash'],
    ['another salt', { ...honest.data, salt: hash('d') }, 'wrong_hash'],
    [
      'other evidence',
      withChoice({ evidence: honest.data.choices[0]!.evidence.map(([a, , c, d]) => [a, 1, c, d]) }),
      'wrong_hash',
    ],
    ['missing evidence', withChoice({ evidence: [] }), 'malformed_commit'],
    ['a wrong count', withChoice({ count: 4 }), 'malformed_commit'],
    [
      'a choice too many',
      { ...honest.data, choices: [honest.data.choices[0]!, honest.data.choices[0]!] },
      'malformed_commit',
    ],
  ])('is refused with %s', (_, data, code) => {
    expect(check({ data })?.code).toBe(code);
  });

  it('is refused with more tokens than were allowed', () => {
    const short = request({ sampling: { ...task.request.sampling, maxTokens: 2 } });
    expect(check({ request: short })?.code).toBe('malformed_commit');
  });

  it('is refused for another precommit', () => {
    expect(check({ precommit: hash('e') })?.code).toBe('wrong_hash');
  });

  it.each([
    ['another token was streamed', { tokens: [[99, 'To']] as [number, string][] }],
    ['another text was streamed', { tokens: [[11, 'Ky']] as [number, string][] }],
    ['a link does not follow', { link: hash('f') }],
    ['a token was streamed beyond the end', { from: 9 }],
    ['the stream finished otherwise', { finish: 'length' as const }],
  ])('is refused when %s', (_, over) => {
    expect(check({ streamed: [{ ...honest.frames[0]!, ...over }] })?.code).toBe('stream_differs');
  });

  it('is refused when a frame is signed wrongly', () => {
    const last = honest.frames.at(-1)!;
    expect(check({ streamed: [{ ...last, signature: '0'.repeat(128) }] })?.code).toBe('wrong_signature');
  });
});

describe('a commit with log-probabilities', () => {
  const asking = submitted({ request: request({ logprobs: 1 }) });
  const { data, frames: streamed, ...sound } = answer(asking, 1);
  const checkLogged = (over: Partial<CommitToCheck> = {}) =>
    findCommitFault({
      taskId: asking.taskId,
      attempt: 1,
      request: asking.request,
      data,
      streamed,
      ...sound,
      ...over,
    });
  const [choice] = data.choices;
  const [first, ...others] = choice!.logprobs!;
  const lie: PositionLogprobs = first!.map(([id, logprob, name]) => [id, logprob - 1, name]);

  it('holds when they are those that were streamed', () => {
    expect(checkLogged()).toBeNull();
    expect(checkLogged({ streamed: [] })).toBeNull();
  });

  it('is refused without them, by its shape', () => {
    const { logprobs: _, ...without } = choice!;
    expect(checkLogged({ data: { ...data, choices: [without] } })).toMatchObject({
      code: 'malformed_commit',
      message: expect.stringMatching(/^choice 0: log-probabilities of 0 positions/) as unknown,
    });
  });

  it('is refused when they are not those of the precommit', () => {
    const changed = { ...data, choices: [{ ...choice!, logprobs: [lie, ...others] }] };
    expect(checkLogged({ data: changed, streamed: [] })?.code).toBe('wrong_hash');
  });

  it('is refused when others were streamed, or none', () => {
    expect(checkLogged({ streamed: [{ ...streamed[0]!, logprobs: [lie] }] })?.code).toBe('stream_differs');
    const { logprobs: _, ...silent } = streamed[0]!;
    expect(checkLogged({ streamed: [silent] })?.code).toBe('stream_differs');
    expect(check({ streamed: [{ ...honest.frames[0]!, logprobs: [first!] }] })?.code).toBe('stream_differs');
  });
});

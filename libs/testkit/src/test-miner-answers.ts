import { randomBytes } from 'node:crypto';
import { signCommit } from '@ganglion/commitment';
import type { CommitData, Frame, Logprob, Token } from '@ganglion/contracts';
import { type Attempt, type Behaviour, type GeneratedToken, startChain } from '@ganglion/node';
import type { Fault } from './test-miner-orders.js';

const anyHash = (): string => randomBytes(32).toString('hex');
const anySignature = (): string => randomBytes(64).toString('hex');
/** Beyond what was asked for. */
const MORE_TOKENS = 8;
const LIE = ' lies';

/** Faults in what a node says of one attempt, each by overriding the step at which it lies. */
export const answerFaults: Partial<Record<Fault, Partial<Behaviour>>> = {
  'wrong-hash': {
    precommit: (precommit, { sign }) => {
      const other = anyHash();
      return { ...precommit, precommit: other, signature: signCommit(sign, other) };
    },
  },
  'wrong-signature': { precommit: (precommit) => ({ ...precommit, signature: anySignature() }) },
  'wrong-frame-signature': { frame: (frame) => ({ ...frame, signature: anySignature() }) },
  'commits-another-answer': { commit: (data, attempt) => commitAnother(data, attempt) },
  'wrong-text': { frame: (frame) => ({ ...frame, tokens: frame.tokens.map(([id]): Token => [id, LIE]) }) },
  'frames-after-finish': {
    publish: (taskId, frame, wire) => {
      wire.publish(taskId, frame);
      if (frame.finish) wire.publish(taskId, oneMore(frame));
    },
  },
  'malformed-frames': {
    publish: (taskId, frame, wire) => {
      wire.publish(taskId, { ...frame, tokens: 'all of them' });
      wire.publish(taskId, frame);
    },
  },
  'too-long': {
    generate: (engine, request, signal) => {
      const { sampling } = request;
      const maxTokens = sampling.maxTokens + MORE_TOKENS;
      return engine.generate({ ...request, sampling: { ...sampling, maxTokens } }, signal);
    },
  },
  'other-answer': {
    generate: (engine, request, signal) => exchangeOne(engine.generate(request, signal)),
  },
  'other-answer-aloud': {
    generate: (engine, request, signal, { job }) => {
      const answer = engine.generate(request, signal);
      return job.silent ? answer : exchangeOne(answer);
    },
  },
  'other-logprobs': { frame: lessLikely },
  'no-logprobs': {
    generate: (engine, { logprobs: _, ...request }, signal) => engine.generate(request, signal),
  },
  stalls: { generate: (_engine, _request, signal) => nothingUntil(signal) },
  'withheld-precommit': { precommit: () => undefined },
  'withheld-reveal': { reveal: () => undefined },
  'empty-reveal': { reveal: () => '' },
};

/** Every token is a ten-thousandth less likely: nothing but a comparison can tell. */
function lessLikely({ logprobs, ...frame }: Frame): Frame {
  const lowered = logprobs?.map((position) =>
    position.map(([id, logprob, name]): Logprob => [id, logprob - 1, name]),
  );
  return lowered ? { ...frame, logprobs: lowered } : frame;
}

/** The same number of tokens, all of them the first one's id with another text, on a chain of their own. */
const commitAnother = (data: CommitData, attempt: Attempt): CommitData => ({
  ...data,
  choices: data.choices.map((choice) => {
    const tokens = choice.tokens.map(([id]): Token => [id, LIE]);
    const chain = startChain(attempt, choice.choice);
    chain.appendAll(tokens);
    return { ...choice, tokens, head: chain.head };
  }),
});

const oneMore = ({ from, tokens, finish: _, signature: __, ...frame }: Frame): Frame => ({
  ...frame,
  from: from + tokens.length,
  tokens: [[1, LIE]],
});

/** One token is replaced by an earlier one that differs, as soon as there is one. */
async function* exchangeOne(answer: AsyncIterable<GeneratedToken>): AsyncGenerator<GeneratedToken> {
  const earlier: GeneratedToken[] = [];
  let isDone = false;
  for await (const token of answer) {
    const other: GeneratedToken | undefined = isDone
      ? undefined
      : earlier.find(({ id, text }) => id !== token.id && text !== '');
    isDone ||= other !== undefined;
    yield other ? { ...token, id: other.id, text: other.text } : token;
    earlier.push(token);
  }
}

async function* nothingUntil(signal: AbortSignal): AsyncGenerator<GeneratedToken> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

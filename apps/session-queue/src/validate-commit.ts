import type { CommitData, Frame, FrozenRequest, Reason } from '@ganglion/contracts';
import { Chain, finishCode, logprobsDigest, precommitDigest, verifyFrame } from '@ganglion/commitment';
import { findLogprobsFault } from './logprobs-fault.js';

export interface CommitToCheck {
  readonly taskId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly requestDigest: string;
  readonly request: FrozenRequest;
  readonly precommit: string;
  readonly data: CommitData;
  /** What the miner streamed, as the broker kept it; in any order, possibly incomplete. */
  readonly streamed: readonly Frame[];
}

const refuse = (code: string, message: string): Reason => ({ code, message });

type Choice = CommitData['choices'][number];

/** Does the revealed data hold what was promised and shown? Null if so, else the first thing that does not. */
export const findCommitFault = (commit: CommitToCheck): Reason | null => {
  const { request, data } = commit;
  if (data.choices.length !== request.choices || data.choices.some(({ choice }, index) => choice !== index))
    return refuse('malformed_commit', `the request has ${request.choices} choices, numbered from 0`);
  const links: string[][] = [];
  for (const choice of data.choices) {
    const fault = findShapeFault(choice, request) ?? followChain(commit, choice, links);
    if (fault) return fault;
  }
  const digest = precommitDigest(
    data.choices.map(({ head, count, finish }) => ({ head, count, finish: finishCode[finish] })),
    data.choices.flatMap(({ evidence }) =>
      evidence.map(([top1Id, top1, top2Id, top2]) => ({ top1Id, top1, top2Id, top2 })),
    ),
    data.salt,
    logprobsDigest(data.choices),
  );
  if (digest !== commit.precommit) return refuse('wrong_hash', 'the data does not hash to the precommit');
  return findStreamFault(commit, links);
};

const findShapeFault = (committed: Choice, request: FrozenRequest): Reason | null => {
  const { choice, count, tokens, evidence, finish } = committed;
  const { maxTokens } = request.sampling;
  if (tokens.length !== count)
    return refuse('malformed_commit', `choice ${choice}: ${tokens.length} tokens, count ${count}`);
  if (evidence.length !== count)
    return refuse(
      'malformed_commit',
      `choice ${choice}: ${evidence.length} pieces of evidence for ${count} tokens`,
    );
  if (count > maxTokens)
    return refuse('malformed_commit', `choice ${choice}: ${count} tokens, allowed are ${maxTokens}`);
  if (finish === 'error') return refuse('engine_error', `choice ${choice}: the miner's engine failed`);
  const problem = findLogprobsFault(committed, request);
  return problem ? refuse('malformed_commit', `choice ${choice}: ${problem}`) : null;
};

const followChain = (commit: CommitToCheck, choice: Choice, links: string[][]): Reason | null => {
  const { taskId, attempt, nodeId, requestDigest, request } = commit;
  const { modelDigest } = request;
  const chain = new Chain({ taskId, attempt, choice: choice.choice, nodeId, modelDigest, requestDigest });
  links[choice.choice] = choice.tokens.map(([id, text]) => chain.append(id, text));
  if (chain.head === choice.head) return null;
  return refuse('wrong_chain', `choice ${choice.choice}: tokens and texts do not lead to the committed head`);
};

/** Every streamed token must be the committed one: the text a client saw is the text that was committed. */
const findStreamFault = (
  { attempt, nodeId, data, streamed }: CommitToCheck,
  links: string[][],
): Reason | null => {
  for (const frame of streamed) {
    if (frame.attempt !== attempt) continue;
    const choice = data.choices[frame.choice];
    if (!choice) return refuse('stream_differs', `a frame of choice ${frame.choice}, which does not exist`);
    for (const [offset, [id, text]] of frame.tokens.entries()) {
      const index = frame.from + offset;
      const committed = choice.tokens[index - 1];
      if (!committed || committed[0] !== id || committed[1] !== text)
        return refuse(
          'stream_differs',
          `choice ${frame.choice}: token ${index} was streamed otherwise than committed`,
        );
    }
    const logprobs = choice.logprobs?.slice(frame.from - 1, frame.from - 1 + frame.tokens.length);
    if (frame.tokens.length > 0 && JSON.stringify(frame.logprobs) !== JSON.stringify(logprobs))
      return refuse(
        'stream_differs',
        `choice ${frame.choice}: log-probabilities from token ${frame.from} were streamed otherwise than committed`,
      );
    const last = frame.from + frame.tokens.length - 1;
    if (last >= 1 && links[frame.choice]?.[last - 1] !== frame.link)
      return refuse(
        'stream_differs',
        `choice ${frame.choice}: the frame at token ${last} carries a wrong link`,
      );
    if (frame.finish !== undefined && (frame.finish !== choice.finish || last !== choice.count))
      return refuse(
        'stream_differs',
        `choice ${frame.choice}: finished in the stream otherwise than committed`,
      );
    const code = frame.finish === undefined ? undefined : finishCode[frame.finish];
    if (frame.signature !== undefined && !verifyFrame(nodeId, frame.link, code, frame.signature))
      return refuse(
        'wrong_signature',
        `choice ${frame.choice}: the frame at token ${last} is signed wrongly`,
      );
  }
  return null;
};

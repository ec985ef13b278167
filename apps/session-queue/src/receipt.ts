import type { AnswerVerdict, CommitData, TaskSubmitted } from '@ganglion/contracts';
import { Chain, logprobsDigest, type Receipt, type Sign, signReceipt } from '@ganglion/commitment';

export interface Finalised {
  readonly submitted: TaskSubmitted;
  readonly requestDigest: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly precommit: string;
  readonly signature: string;
  readonly data: CommitData;
  readonly verdict: AnswerVerdict;
  readonly finalisedAt: Date;
}

/** The network's statement of what was asked, answered, by whom, and how that was proven. */
export const makeReceipt = (final: Finalised, network: { publicKey: string; sign: Sign }): Receipt => {
  const { submitted, requestDigest, attempt, nodeId, data, precommit, signature } = final;
  const { taskId, request } = submitted;
  const { modelDigest } = request;
  const logprobs = logprobsDigest(data.choices);
  const bound = logprobs === undefined ? {} : { logprobs };
  const proof = { kind: 'commit' as const, precommit, salt: data.salt, ...bound, signature };
  return signReceipt(
    {
      version: 1,
      taskId,
      network: { publicKey: network.publicKey },
      request,
      requestDigest,
      model: { id: request.model, digest: modelDigest },
      promptTokens: data.promptTokens,
      completionTokens: data.choices.reduce((sum, { count }) => sum + count, 0),
      finalisedAt: final.finalisedAt.toISOString(),
      verdict: final.verdict,
      choices: data.choices.map(({ choice, finish, tokens, evidence, head, count }) => {
        const startHead = new Chain({ taskId, attempt, choice, nodeId, modelDigest, requestDigest }).head;
        return {
          index: choice,
          finish,
          tokens,
          evidence,
          segments: [{ attempt, nodeId, from: 1, to: count, startHead, head, proof }],
        };
      }),
    },
    network.sign,
  );
};

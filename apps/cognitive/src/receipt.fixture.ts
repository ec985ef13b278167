import { readFileSync } from 'node:fs';
import type { Receipt } from '@ganglion/commitment';
import type { Drawn } from './audit-claim.js';

interface Vector {
  name: string;
  receipt: Receipt;
}
const file = new URL('../../../libs/commitment/vectors/receipts.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

/**
 * A published receipt. The vectors' prompts and sampling are not those of this network's requests; hashes are not looked
 * at by audits.
 */
export const receiptOf = (name: string): Receipt => {
  const { receipt } = structuredClone(vectors.find((vector) => vector.name === name)!);
  receipt.request = {
    model: 'tiny',
    modelDigest: 'd'.repeat(64),
    prompt: { text: 'Say something.' },
    choices: receipt.choices.length,
    sampling: {
      temperature: 0,
      topP: 1,
      topK: 0,
      minP: 0,
      presencePenalty: 0,
      frequencyPenalty: 0,
      repetitionPenalty: 1,
      seed: 1,
      maxTokens: 64,
      stop: [],
    },
    salt: '5a'.repeat(32),
  };
  for (const choice of receipt.choices)
    choice.evidence = choice.evidence.map((_, at): [number, number, number, number] => [
      at,
      900,
      at + 1,
      800,
    ]);
  return receipt;
};

/** The precommit by which the answer of a receipt is bound. */
export const drawnOf = ({ taskId, choices }: Receipt): Drawn => {
  const { attempt, nodeId, proof } = choices[0]!.segments.at(-1)!;
  return { taskId, attempt, nodeId, precommit: proof.kind === 'commit' ? proof.precommit : '' };
};

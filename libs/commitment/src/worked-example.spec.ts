import { readFileSync } from 'node:fs';
import { sha256 } from '@noble/hashes/sha2.js';
import { Chain, digestJson, evidenceBytes, nodeKey } from './index.js';
import { readVectors, receiptVector } from './vectors.fixture.js';

const page = readFileSync(new URL('../../../docs/commitment.md', import.meta.url), 'utf8');
const example = page.slice(page.indexOf('## A worked example'), page.indexOf('## Verifying offline'));
const { receipt } = receiptVector('one miner commits');

/** The example's tables: `| name | value |`, the value in backquotes. */
function rows(): Record<string, string> {
  const found = example.matchAll(/^\| ([^|`]+?) +\| `([^`]+)` +\|/gm);
  return Object.fromEntries([...found].map(([, name, value]) => [name!, value!]));
}

describe('the worked example in docs/commitment.md', () => {
  it('has the values that the library computes for the published receipt', () => {
    const [choice] = receipt.choices;
    const [segment] = choice!.segments;
    const proof = segment!.proof;
    if (proof.kind !== 'commit') throw new Error('the example must end with a commit');
    const chain = new Chain({ ...receipt, ...segment!, choice: 0, modelDigest: receipt.model.digest });
    const start = chain.head;
    const links = choice!.tokens.map(([id, text], i) => [`link_${i + 1}`, chain.append(id, text)]);
    const evidence = choice!.evidence.map(([top1Id, top1, top2Id, top2]) => ({ top1Id, top1, top2Id, top2 }));
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
    expect(rows()).toEqual({
      taskId: receipt.taskId,
      nodeId: segment!.nodeId,
      nodeKey: hex(nodeKey(segment!.nodeId)),
      modelDigest: receipt.model.digest,
      requestDigest: digestJson(receipt.request),
      link_0: start,
      ...Object.fromEntries(links),
      'first evidence': hex(evidenceBytes(evidence.slice(0, 1))),
      'H(evidence)': hex(sha256(evidenceBytes(evidence))),
      salt: proof.salt,
      precommit: proof.precommit,
      'commit sig': proof.signature,
      'network key': readVectors<{ publicKey: string }>('network').publicKey,
      signature: receipt.signature,
    });
  });

  it('shows the frozen request and the tokens of the published receipt', () => {
    const blocks = [...example.matchAll(/```json\n([^`]+)```/g)].map(
      ([, json]) => JSON.parse(json!) as unknown,
    );
    expect(blocks).toEqual([receipt.request, receipt.choices[0]!.tokens]);
  });
});

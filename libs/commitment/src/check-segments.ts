import { Chain } from './chain.js';
import { finishCode } from './finish.js';
import type { ReceiptCheck, Report } from './problem.js';
import type { Receipt, ReceiptChoice, ReceiptSegment, StreamProof } from './receipt.js';
import { verifyFrame } from './signature.js';

/** Tokens that no miner's signature covers, `from` to `to` inclusive: only the network's signature stands for them. */
export interface VouchedRange {
  choice: number;
  nodeId: string;
  from: number;
  to: number;
}

/** What recomputing the chains of one choice gave. */
export interface ChainResult {
  head: string;
  vouched: VouchedRange[];
}

interface Place {
  receipt: Receipt;
  choice: ReceiptChoice;
  field: string;
  report: Report;
}

/** Recomputes every segment of a choice from its ids and texts and checks proofs of the kind `stream`. */
export function checkSegments(receipt: Receipt, index: number, report: Report): ChainResult {
  const choice = receipt.choices[index]!;
  const vouched: VouchedRange[] = [];
  let previous: { to: number; head: string; attempt: number } = { to: 0, head: '', attempt: -1 };
  choice.segments.forEach((segment, number) => {
    const place = { receipt, choice, field: `choices.${index}.segments.${number}`, report };
    if (segment.from !== previous.to + 1 || segment.to < previous.to || segment.to > choice.tokens.length) {
      const want = `must run on from ${previous.to + 1} and stay within ${choice.tokens.length} tokens`;
      report('segments', place.field, `${segment.from} to ${segment.to}: ${want}`);
    } else if (segment.attempt <= previous.attempt) {
      report('segments', `${place.field}.attempt`, 'attempts must increase from segment to segment');
    }
    const head = followSegment(place, segment, previous);
    vouched.push(...unsignedRange(segment, index));
    previous = { to: segment.to, head, attempt: segment.attempt };
  });
  if (previous.to !== choice.tokens.length) {
    const message = `segments end at ${previous.to}, but there are ${choice.tokens.length} tokens`;
    report('segments', `choices.${index}.segments`, message);
  }
  return { head: previous.head, vouched };
}

/** The segment's recomputed head; later segments build on it, not on the claimed one. */
function followSegment(
  place: Place,
  segment: ReceiptSegment,
  previous: { to: number; head: string },
): string {
  const { receipt, choice, field, report } = place;
  const context = {
    taskId: receipt.taskId,
    attempt: segment.attempt,
    choice: choice.index,
    nodeId: segment.nodeId,
    modelDigest: receipt.model.digest,
    requestDigest: receipt.requestDigest,
  };
  const chain = startChain(() => new Chain(context, { count: previous.to, head: previous.head }), place);
  if (!chain) return segment.head;
  expectLink(place, 'startHead', segment.startHead, chain.head);
  const proof = segment.proof.kind === 'stream' ? segment.proof : undefined;
  let signedLink = proof?.signedTo === previous.to ? chain.head : undefined;
  const tokens = choice.tokens.slice(previous.to, segment.to);
  if (proof && proof.signedTo > previous.to && proof.signedTo <= segment.to) {
    signedLink = chain.appendAll(tokens.splice(0, proof.signedTo - previous.to));
  }
  const head = chain.appendAll(tokens);
  expectLink(place, 'head', segment.head, head);
  if (proof) checkStream(place, segment, proof, signedLink);
  if (segment.proof.kind === 'commit' && segment !== choice.segments.at(-1)) {
    report('segments', `${field}.proof`, 'a commit ends the answer: no segment may follow it');
  }
  return head;
}

function startChain(start: () => Chain, { field, report }: Place): Chain | undefined {
  try {
    return start();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report('shape', field, error.message);
    return undefined;
  }
}

function expectLink(place: Place, name: string, claimed: string, computed: string): void {
  if (claimed === computed) return;
  const message = `ids, texts and context give ${computed}: one of them or this link was changed`;
  place.report('chain', `${place.field}.${name}`, message);
}

function checkStream(
  place: Place,
  segment: ReceiptSegment,
  proof: StreamProof,
  signedLink: string | undefined,
): void {
  const fail = (check: ReceiptCheck, name: string, message: string) =>
    place.report(check, `${place.field}.proof.${name}`, message);
  if (signedLink === undefined) {
    fail('segments', 'signedTo', `must lie between ${segment.from - 1} and ${segment.to}`);
  } else if (signedLink !== proof.link) {
    fail('chain', 'link', `ids, texts and context give ${signedLink} after token ${proof.signedTo}`);
  }
  if (proof.finish !== null) checkSignedFinish(place, segment, proof);
  const finish = proof.finish === null ? undefined : finishCode[proof.finish];
  if (!verifyFrame(segment.nodeId, proof.link, finish, proof.signature)) {
    fail('signature', 'signature', `is not ${segment.nodeId}'s signature of this link and finish`);
  }
}

function checkSignedFinish(
  { choice, field, report }: Place,
  segment: ReceiptSegment,
  proof: StreamProof,
): void {
  if (proof.finish !== choice.finish) {
    report(
      'finish',
      `${field}.proof.finish`,
      `the miner signed ${proof.finish}, the receipt says ${choice.finish}`,
    );
  }
  if (proof.signedTo !== segment.to || segment.to !== choice.tokens.length) {
    report('finish', `${field}.proof.signedTo`, 'the miner signed the end here, yet tokens follow');
  }
}

function unsignedRange({ proof, nodeId, from, to }: ReceiptSegment, choice: number): VouchedRange[] {
  if (proof.kind === 'commit') return [];
  const first = proof.kind === 'stream' ? Math.max(from, proof.signedTo + 1) : from;
  return first > to ? [] : [{ choice, nodeId, from: first, to }];
}

import { digestJson } from './canonical-json.js';
import { checkEnd } from './check-end.js';
import { checkSegments, type VouchedRange } from './check-segments.js';
import { isHex, readHex } from './hex.js';
import type { ReceiptProblem, Report } from './problem.js';
import { receiptMessage, receiptSchema, type Receipt } from './receipt.js';
import { isSigned } from './signature.js';

/** Enough to see what is wrong with a broken file, without a message per token. */
const MAX_PROBLEMS = 20;

/**
 * `text` by choice; `verdict` what the network says of the answer's replicas; `vouched` the tokens that no miner's
 * signature covers (a tail after a dead miner's last signed frame), for which only the network stands.
 */
export type Verification =
  | { ok: true; text: string[]; verdict: Receipt['verdict']; vouched: VouchedRange[] }
  | { ok: false; problems: ReceiptProblem[] };

/**
 * Recomputes everything a receipt claims, offline: the request's digest, every link of every chain, heads, the
 * evidence's hash, the precommit, the miners' signatures, the network's signature, and that segments and counts fit.
 * Never throws for a malformed or forged receipt: each problem names the check and the field; the first 20 are given.
 * @param receipt parsed JSON
 * @param options.publicKey the network's Ed25519 key (hex), from a source that the receipt's bearer does not control
 */
export function verifyReceipt(receipt: unknown, options: { publicKey: string }): Verification {
  const problems: ReceiptProblem[] = [];
  const report: Report = (check, field, message) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ check, field, message });
  };
  const parsed = receiptSchema.safeParse(receipt);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      report('shape', path.join('.') || 'receipt', message);
    return { ok: false, problems };
  }
  // Checked in shape, but not the parser's copy: what was signed and hashed is the value as it came.
  const claim = receipt as Receipt;
  checkNetwork(claim, options.publicKey, report);
  checkRequest(claim, report);
  checkCounts(claim, report);
  const chains = claim.choices.map((_, index) => checkSegments(claim, index, report));
  checkAttempts(claim, report);
  checkEnd(
    claim,
    chains.map(({ head }) => head),
    report,
  );
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    text: claim.choices.map(({ tokens }) => tokens.map(([, text]) => text).join('')),
    verdict: claim.verdict,
    vouched: chains.flatMap(({ vouched }) => vouched),
  };
}

function checkNetwork(receipt: Receipt, publicKey: string, report: Report): void {
  if (!isHex(publicKey, 32)) {
    report('network', 'publicKey', 'the expected network key must be 64 lowercase hex characters');
    return;
  }
  if (receipt.network.publicKey !== publicKey) {
    report('network', 'network.publicKey', `the receipt is of another network than ${publicKey}`);
  }
  tryJson('receipt', report, () => {
    if (!isSigned(readHex(publicKey, 32, 'publicKey'), receiptMessage(receipt), receipt.signature)) {
      report(
        'network',
        'signature',
        'is not the signature of this network over this receipt: a field was changed',
      );
    }
  });
}

function checkRequest(receipt: Receipt, report: Report): void {
  tryJson('request', report, () => {
    const digest = digestJson(receipt.request);
    if (digest !== receipt.requestDigest) {
      report('request', 'requestDigest', `the request gives ${digest}: it or the digest was changed`);
    }
  });
}

function checkCounts(receipt: Receipt, report: Report): void {
  const tokens = receipt.choices.reduce((sum, choice) => sum + choice.tokens.length, 0);
  if (tokens !== receipt.completionTokens) {
    report('counts', 'completionTokens', `must be ${tokens}, the tokens of all choices`);
  }
  receipt.choices.forEach(({ index }, position) => {
    if (index !== position)
      report('counts', `choices.${position}.index`, `must be ${position}: choices are in order`);
  });
}

/** An attempt is one miner's try: it has the same node in every choice. */
function checkAttempts(receipt: Receipt, report: Report): void {
  const nodes = new Map<number, string>();
  receipt.choices.forEach(({ segments }, index) => {
    segments.forEach(({ attempt, nodeId }, number) => {
      const known = nodes.get(attempt) ?? nodes.set(attempt, nodeId).get(attempt);
      if (known === nodeId) return;
      report(
        'segments',
        `choices.${index}.segments.${number}.nodeId`,
        `attempt ${attempt} was made by ${known}`,
      );
    });
  });
}

/** A value can be shaped like a receipt and still hold what JSON cannot: a function, a lone surrogate, a cycle. */
function tryJson(field: string, report: Report, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    report('shape', field, error.message);
  }
}

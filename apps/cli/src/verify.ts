import type { ReceiptCheck, Verification } from '@ganglion/commitment';
import { Ganglion } from '@ganglion/sdk';
import type { Command } from 'commander';
import { CommandError, exitCode } from './command-error.js';
import { findConnection, type GlobalOptions } from './connection.js';
import { readReceipt } from './receipt-file.js';
import { paint, print, type Terminal } from './terminal.js';

/** The checks in the order a reader follows them, and what each that holds means. */
const checks: readonly (readonly [ReceiptCheck, string])[] = [
  ['shape', 'every field is there and well formed'],
  ['network', 'the network signed exactly this receipt'],
  ['request', 'the request is the one that was hashed'],
  ['counts', 'tokens, texts and evidence are complete'],
  ['segments', 'the segments follow each other without a gap'],
  ['chain', 'every token and its text is a link of the chain'],
  ['finish', 'each choice ended as its miner signed'],
  ['precommit', 'heads, evidence and salt give the precommit'],
  ['signature', 'the miners signed what they committed'],
];

interface VerifyOptions extends GlobalOptions {
  readonly key?: string;
}

/** `ganglion verify <receipt.json>`: prints each check; exit 1 if one fails. With `--key` it works offline. */
export const addVerify = (program: Command, terminal: Terminal): void => {
  program
    .command('verify')
    .description('check a receipt: recompute its chains, digests and signatures')
    .argument('<receipt.json>', 'the receipt, or - for standard input')
    .option('--key <hex>', "the network's public key; without it the network is asked")
    .action(async (file: string, _options, command: Command) => {
      const options = command.optsWithGlobals<VerifyOptions>();
      const receipt = await readReceipt(file, terminal);
      const key = options.key ?? (await askKey(options));
      if (!/^[0-9a-f]{64}$/.test(key))
        throw new CommandError('--key must be 64 lowercase hex characters', exitCode.usage);
      const result = await verify(receipt, key);
      if (!result.ok) terminal.exitCode = exitCode.no;
      if (options.json) print(terminal, JSON.stringify(result));
      else show(terminal, result);
    });
};

const askKey = (options: GlobalOptions): Promise<string> =>
  new Ganglion({ url: findConnection(options).url }).networkKey();

const verify = (receipt: unknown, publicKey: string): Promise<Verification> =>
  // The address is never asked when the key is given.
  new Ganglion({ url: 'http://offline.invalid' }).verify(receipt, { publicKey });

const show = (terminal: Terminal, result: Verification): void => {
  const problems = result.ok ? [] : result.problems;
  const isMisshapen = problems.some(({ check }) => check === 'shape');
  for (const [check, meaning] of checks) {
    const failed = problems.filter((problem) => problem.check === check);
    if (failed.length === 0) {
      const isUnchecked = isMisshapen && check !== 'shape';
      const mark = isUnchecked ? paint(terminal, 'dim', '·') : paint(terminal, 'green', '✓');
      print(terminal, `${mark} ${check.padEnd(10)} ${isUnchecked ? 'not checked' : meaning}`);
    }
    for (const { field, message } of failed)
      print(terminal, `${paint(terminal, 'red', '✗')} ${check.padEnd(10)} ${field}: ${message}`);
  }
  if (!result.ok) return print(terminal, paint(terminal, 'red', 'The receipt does not hold.'));
  for (const { choice, from, to } of result.vouched)
    print(
      terminal,
      `${paint(terminal, 'yellow', '!')} choice ${choice}, tokens ${from} to ${to}: only the network vouches for them`,
    );
  if (result.verdict === 'undecided')
    print(
      terminal,
      `${paint(terminal, 'yellow', '!')} undecided: replicas of the answer differ, or none was there to confirm it`,
    );
  print(terminal, paint(terminal, 'green', 'The receipt holds.'));
  result.text.forEach((answer, index) =>
    print(terminal, result.text.length > 1 ? `[${index}] ${answer}` : answer),
  );
};

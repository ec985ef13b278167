import { type Receipt, receiptSchema } from '@ganglion/commitment';
import type { EpochView } from '@ganglion/contracts';
import type { EpochCheck } from '@ganglion/sdk';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError, exitCode } from './command-error.js';
import { connect, type GlobalOptions } from './connection.js';
import { readReceipt } from './receipt-file.js';
import { paint, print, table, type Terminal } from './terminal.js';

/** `ganglion audit`: who was audited, and whether it was who should have been. */
export const addAudit = (program: Command, terminal: Terminal): void => {
  const audit = program.command('audit').description('check which answers the network audits');
  audit
    .command('epochs')
    .description('list the newest epochs of audits')
    .action(async (_options, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const { items } = await connect(options).audits.epochs();
      if (options.json) print(terminal, JSON.stringify(items));
      else list(terminal, items);
    });
  audit
    .command('verify')
    .description('recompute who should have been audited in an epoch; exit 1 if the network did otherwise')
    .argument('<epoch>', 'the number of a closed epoch', toNumber)
    .option('--receipt <file...>', 'receipts of answers that were bound in this epoch: none may be left out')
    .action(async (epoch: number, _options, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { receipt?: string[] }>();
      const receipts = await Promise.all((options.receipt ?? []).map((file) => readReceipt(file, terminal)));
      const check = await connect(options).audits.verify(epoch, { receipts: receipts.map(asReceipt) });
      if (check.problems.length > 0) terminal.exitCode = exitCode.no;
      if (options.json) print(terminal, JSON.stringify(check));
      else show(terminal, check);
    });
};

const asReceipt = (read: unknown): Receipt => {
  const parsed = receiptSchema.safeParse(read);
  if (parsed.success) return parsed.data;
  throw new CommandError(
    '--receipt is not a receipt: `ganglion verify` says what is wrong with it',
    exitCode.usage,
  );
};

const toNumber = (given: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new InvalidArgumentError('It must be a number from 1 on.');
  return Number(given);
};

const percent = (millionths: number): string => `${millionths / 10_000} %`;

const list = (terminal: Terminal, epochs: readonly EpochView[]): void => {
  const rows = epochs.map(({ epoch, startsAt, endsAt, baseRate, closedAt }) => [
    String(epoch),
    startsAt,
    endsAt,
    percent(baseRate),
    closedAt ? 'closed' : 'not closed',
  ]);
  for (const line of table([['EPOCH', 'FROM', 'TO', 'RATE', 'SEED'], ...rows])) print(terminal, line);
};

const show = (terminal: Terminal, { epoch, draws, audited, problems }: EpochCheck): void => {
  print(
    terminal,
    `epoch ${epoch.epoch}, ${epoch.startsAt} to ${epoch.endsAt}, ${percent(epoch.baseRate)} and more`,
  );
  print(terminal, `${draws} precommits, ${audited} audited`);
  for (const { kind, taskId, attempt, message } of problems) {
    const where = taskId === null ? '' : ` task ${taskId}, attempt ${attempt}:`;
    print(terminal, `${paint(terminal, 'red', '✗')} ${kind}:${where} ${message}`);
  }
  print(
    terminal,
    problems.length > 0
      ? paint(terminal, 'red', 'The audits are not those that were drawn.')
      : paint(terminal, 'green', 'Exactly those were audited that the seed says.'),
  );
};

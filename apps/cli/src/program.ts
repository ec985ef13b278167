import { GanglionError } from '@ganglion/sdk';
import { Command, CommanderError } from 'commander';
import { addAudit } from './audit.js';
import { addChat } from './chat.js';
import { CommandError, exitCode } from './command-error.js';
import { addCredentials } from './credentials.js';
import { addModel } from './model.js';
import { addNodes } from './nodes.js';
import { addReputation } from './reputation.js';
import { addStatus } from './status.js';
import type { Terminal } from './terminal.js';
import { addVerify } from './verify.js';

const help = `
The network and key come from --url and --api-key, GANGLION_URL and GANGLION_API_KEY, or the data directory
(--data, DATA_DIR, .ganglion).

Exit codes: 0 yes or done, 1 no or failed, 2 wrong use, 3 the network (or the model hub) cannot be reached,
130 cancelled.`;

/** The `ganglion` command. */
const makeProgram = (terminal: Terminal): Command => {
  const program = new Command('ganglion')
    .description('Talk to a Ganglion network, check its answers, and look after the models of this machine.')
    .option('--url <url>', "the router's address")
    .option('--api-key <key>', 'an API key (gk_…)')
    .option('--data <dir>', "the network's data directory")
    .option('--json', 'answer with JSON, for programs')
    .addHelpText('after', help)
    .configureOutput({
      writeOut: (said) => void terminal.out.write(said),
      writeErr: (said) => void terminal.err.write(said),
    })
    .exitOverride();
  addStatus(program, terminal);
  addChat(program, terminal);
  addVerify(program, terminal);
  addAudit(program, terminal);
  addCredentials(program, terminal);
  addModel(program, terminal);
  addNodes(program, terminal);
  addReputation(program, terminal);
  // Commands copy the settings of their parent only when they are made by it.
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
};

/** Runs a command line (without node and script). @returns the exit code; a failure was told in one line. */
export const runCommandLine = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  try {
    await makeProgram(terminal).parseAsync([...args], { from: 'user' });
    return terminal.exitCode ?? 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCode.usage;
    const { message, code } = explain(error);
    terminal.err.write(`ganglion: ${message}\n`);
    return code;
  }
};

const explain = (error: unknown): { message: string; code: number } => {
  if (error instanceof CommandError) return error;
  if (error instanceof GanglionError) {
    const isUnreachable = error.status === 0 && error.code === 'connection_failed';
    return {
      message: error.requestId ? `${error.message} (request ${error.requestId})` : error.message,
      code: isUnreachable ? exitCode.unreachable : exitCode.no,
    };
  }
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    code: exitCode.no,
  };
};

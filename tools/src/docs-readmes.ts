import { type ModuleName, moduleNames, topology } from '@ganglion/contracts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const START = '<!-- generated -->';
const END = '<!-- /generated -->';

const bullets = (subjects: readonly string[]): string =>
  subjects.length === 0 ? 'nothing' : subjects.map((subject) => `\`${subject}\``).join(', ');

const middle = (module: ModuleName): string => {
  const { answers, says, asks, orders, hears, overhears } = topology[module];
  const asked = [...asks, ...orders].map(({ subject }) => subject);
  return [
    `**Answers**: ${bullets(answers.map(({ subject }) => subject))}`,
    `**Says**: ${bullets(says.map(({ subject }) => subject))}`,
    `**Hears**: ${bullets([...hears, ...overhears].map(({ subject }) => subject))}`,
    `**Asks**: ${bullets(asked)}`,
  ].join('\n\n');
};

/** The READMEs of the modules, with the middle that the contracts know. */
export const generateReadmes = async (root: string): Promise<[string, string][]> => {
  const readmes: [string, string][] = [];
  for (const module of moduleNames) {
    const path = `apps/${module}/README.md`;
    const text = await readFile(join(root, path), 'utf8');
    const start = text.indexOf(START);
    const end = text.indexOf(END);
    if (start < 0 || end < start) throw new Error(`${path} has no ${START} … ${END}`);
    readmes.push([path, `${text.slice(0, start + START.length)}\n\n${middle(module)}\n\n${text.slice(end)}`]);
  }
  return readmes;
};

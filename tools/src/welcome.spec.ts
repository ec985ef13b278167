import { execFileSync } from 'node:child_process';
import { curlLine, welcome } from './welcome.js';

const network = {
  url: 'http://127.0.0.1:8080',
  apiKey: 'gk_abc',
  joinToken: 'gt_def',
  dataDir: '/data',
  model: "it's",
  isBundledModel: true,
  miners: 3,
};

/** What a shell gives to the program when the line is pasted. */
const argumentsOf = (line: string): string[] =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }; ${line}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');

describe('the last words of a start', () => {
  it('have a curl line that a shell reads as it is meant', () => {
    const [, url, , authorization, , , , body = ''] = argumentsOf(curlLine(network));
    expect(url).toBe('http://127.0.0.1:8080/v1/chat/completions');
    expect(authorization).toBe('Authorization: Bearer gk_abc');
    expect(JSON.parse(body)).toMatchObject({ model: "it's", stream: true });
  });

  it('keep what is to be pasted out of the box, on one line', () => {
    const lines = welcome(network).split('\n');
    expect(lines).toContain(curlLine(network));
    const box = lines.filter((line) => /^[╭│╰]/.test(line));
    expect(new Set(box.map((line) => line.length)).size).toBe(1);
    expect(box.join('\n')).toContain('gk_abc');
  });

  it('say where the dashboard is, and how to sign in', () => {
    expect(welcome(network)).toContain(
      'open http://127.0.0.1:8080 in a browser, and sign in with the API key',
    );
  });

  it('say what the bundled model can do and how to run a larger one', () => {
    expect(welcome(network)).toMatch(/bundled model is tiny[\s\S]+--model <folder>/);
    expect(welcome({ ...network, isBundledModel: false, model: 'large' })).toContain('The model is large.');
  });
});

import { transformSync } from '@swc/core';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import vm from 'node:vm';

const source = path.dirname(fileURLToPath(import.meta.url));
const files = readdirSync(source).filter((name) => !/\.(spec|fixture)\.ts$/.test(name));

describe('the sources', () => {
  it.each(files)('%s imports nothing but its neighbours, @noble and zod', (name) => {
    const text = readFileSync(path.join(source, name), 'utf8');
    const imports = [...text.matchAll(/(?:^|\W)(?:from|import|import\()\s*'([^'\n]+)'/g)].map(
      (match) => match[1]!,
    );
    const foreign = imports.filter(
      (from) => !/^(\.\/[a-z0-9-]+\.js|@noble\/(hashes|curves)\/.+|zod)$/.test(from),
    );
    expect(foreign).toEqual([]);
  });

  // It looks whether this is Node, and does without where it is not.
  const asking = 'ed25519.ts';
  it.each(files.filter((name) => name !== asking))('%s uses no global that a browser lacks', (name) => {
    const code = readFileSync(path.join(source, name), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*/g, '');
    const words = code.match(/\b(Buffer|process|require|global|__dirname|__filename|setImmediate)\b/g) ?? [];
    expect(words).toEqual([]);
  });
});

/** Loads the sources into a context that has ECMAScript's own globals and TextEncoder, and nothing of Node. */
async function loadBare(): Promise<Record<string, unknown>> {
  const context = vm.createContext({ TextEncoder });
  const loaded = new Map<string, vm.SourceTextModule>();
  const load = (file: string): vm.SourceTextModule => {
    const known = loaded.get(file);
    if (known) return known;
    const text = readFileSync(file, 'utf8');
    const code = file.endsWith('.ts')
      ? transformSync(text, {
          jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
          module: { type: 'es6' },
        }).code
      : text;
    const module = new vm.SourceTextModule(code, { context, identifier: file });
    loaded.set(file, module);
    return module;
  };
  const entry = load(path.join(source, 'index.ts'));
  await entry.link((specifier, { identifier }) => load(resolveImport(specifier, identifier)));
  await entry.evaluate();
  context['commitment'] = entry.namespace;
  return context as Record<string, unknown>;
}

function resolveImport(specifier: string, importer: string): string {
  if (specifier.startsWith('.')) {
    const file = path.resolve(path.dirname(importer), specifier);
    return importer.endsWith('.ts') ? file.replace(/\.js$/, '.ts') : file;
  }
  // zod's package.json leads `require` to CommonJS; its ES modules lie beside it under the same name.
  return createRequire(pathToFileURL(importer))
    .resolve(specifier)
    .replace(/\.cjs$/, '.js');
}

describe('in a context without Node', () => {
  it('has no Node global to lean on', async () => {
    const context = await loadBare();
    const names = 'typeof Buffer + typeof process + typeof require + typeof setTimeout';
    expect(vm.runInContext(names, context)).toBe('undefined'.repeat(4));
  });

  it('gives the published links and verifies the published receipts', async () => {
    const context = await loadBare();
    for (const name of ['chains', 'receipts']) {
      context[name] = readFileSync(path.join(source, `../vectors/${name}.json`), 'utf8');
    }
    const heads = `JSON.stringify(JSON.parse(chains).map(({ context, resume, tokens, links }) =>
      new commitment.Chain(context, resume).appendAll(tokens) === links.at(-1)))`;
    expect(JSON.parse(vm.runInContext(heads, context) as string)).toEqual([true, true, true, true]);
    const verified = `JSON.stringify(JSON.parse(receipts).map(({ receipt, publicKey, text }) =>
      JSON.stringify(commitment.verifyReceipt(receipt, { publicKey }).text) === JSON.stringify(text)))`;
    expect(JSON.parse(vm.runInContext(verified, context) as string)).toEqual(Array(9).fill(true));
    const changed = `commitment.verifyReceipt({ ...JSON.parse(receipts)[0].receipt, promptTokens: 1 },
      { publicKey: JSON.parse(receipts)[0].publicKey }).ok`;
    expect(vm.runInContext(changed, context)).toBe(false);
  });
});

/**
 * Writes the published test vectors beside this file: `node make.mjs`. With `--check` it writes nothing and exits 1 if
 * a file is not what it would write.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { audits } from './audits.mjs';
import { canonical } from './canonical.mjs';
import * as parts from './parts.mjs';
import { receipts } from './receipts.mjs';
import { NETWORK } from './subjects.mjs';

const vectors = {
  audits: audits(),
  'canonical-json': canonical(),
  contexts: parts.contexts(),
  chains: parts.chains(),
  'node-keys': parts.nodeKeys(),
  signatures: parts.signatures(),
  evidence: parts.evidence(),
  precommits: parts.precommits(),
  manifests: parts.manifests(),
  network: { seed: NETWORK.seed, publicKey: NETWORK.publicKey.toString('hex') },
  receipts: receipts(),
};

for (const [name, value] of Object.entries(vectors)) {
  const file = fileURLToPath(new URL(`${name}.json`, import.meta.url));
  const content = `${JSON.stringify(value, null, 2)}\n`;
  if (!process.argv.includes('--check')) {
    writeFileSync(file, content);
  } else if (readFileSync(file, 'utf8') !== content) {
    console.error(`${name}.json is not what make.mjs writes: run it, or find out which of the two is wrong`);
    process.exitCode = 1;
  }
}

import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Receipt } from './receipt.js';
import type { Sign } from './signature.js';

export interface ReceiptVector {
  name: string;
  publicKey: string;
  text: string[];
  receipt: Receipt;
}

/** The published vectors of one kind: `vectors/<name>.json`. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as T;
}

export function receiptVector(name: string): ReceiptVector {
  const found = readVectors<ReceiptVector[]>('receipts').find((vector) => vector.name === name);
  if (!found) throw new Error(`no receipt vector is named ${name}`);
  return found;
}

/** An Ed25519 signer from its seed (hex), by node:crypto: the library must accept signatures it has not made itself. */
export function signer(seed: string): Sign {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(seed, 'hex'),
  ]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return (message) => new Uint8Array(sign(null, message, key));
}

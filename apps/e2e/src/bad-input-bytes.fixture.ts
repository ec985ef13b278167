import { gzipSync } from 'node:zlib';
import type { Mutation } from './bad-input-mutations.fixture.js';
import type { Chance } from './bad-input-random.fixture.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Bytes that are not, or only just, the JSON of a message; `large` is how many bytes the way there must refuse. */
export const brokenBytes = (example: unknown, chance: Chance, large: number): Mutation[] => {
  const text = JSON.stringify(example);
  const good = bytes(text);
  const at = chance.below(Math.max(1, text.length - 1));
  const made: Record<string, Buffer> = {
    nothing: Buffer.alloc(0),
    'white space': bytes(' \n\t '),
    'a bare word': bytes('word'),
    'a bare NaN': bytes('NaN'),
    undefined: bytes('undefined'),
    'cut off': good.subarray(0, at),
    'its end alone': good.subarray(at + 1),
    'twice in a row': Buffer.concat([good, good]),
    'with something after it': Buffer.concat([good, bytes('}]\0')]),
    'in single quotes': bytes(text.replaceAll('"', "'")),
    'with a comment': bytes(`/* hello */ ${text}`),
    'with a trailing comma': bytes(text.replace(/}$/, ',}')),
    'with doubled keys': bytes(text.replace(/^{/, '{"word":1,"word":2,')),
    'after a byte order mark': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good]),
    'in UTF-16': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
    'in UTF-16 without a mark': Buffer.from(text, 'utf16le'),
    'with a byte that is no UTF-8': Buffer.concat([
      good.subarray(0, at),
      Buffer.from([0xff]),
      good.subarray(at),
    ]),
    'with an overlong encoding':
      bytes(text).length > 2 ? Buffer.concat([good, Buffer.from([0xc0, 0x80])]) : good,
    'as text of JSON': bytes(JSON.stringify(text)),
    'in gzip': gzipSync(good),
    'random bytes': chance.bytes(1 + chance.below(2_000)),
    'lists that never close': bytes('['.repeat(10_000)),
    'objects that never close': bytes('{"a":'.repeat(10_000)),
    'a form': bytes('model=tiny&messages=hello'),
    XML: bytes('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
    'too large': bytes(`{"word":"${'x'.repeat(large)}"}`),
    'too large and no JSON': Buffer.alloc(large + 1, 0x7b),
  };
  return Object.entries(made).map(([what, data]) => ({ what, data }));
};

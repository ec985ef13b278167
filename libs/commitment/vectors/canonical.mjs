/** Canonical JSON: the examples of RFC 8785 (sections 3.2.2 to 3.2.4, appendix B) and cases of our own. */
import { createHash } from 'node:crypto';

const SAMPLE = String.raw`{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`;

/** Section 3.2.4: the sample's canonical form as UTF-8 bytes. */
const SAMPLE_BYTES = `7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a
5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d32375d2c22737472696e67223a22e282ac24
5c75303030665c6e4127425c225c5c5c5c5c222f227d`.replaceAll('\n', '');

const SORTING = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
"\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`;

const SORTED =
  '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",' +
  '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}';

/** Appendix B: IEEE 754 bits and their JSON; null where there is none. */
const NUMBERS = {
  '0000000000000000': '0',
  8000000000000000: '0',
  '0000000000000001': '5e-324',
  8000000000000001: '-5e-324',
  '7fefffffffffffff': '1.7976931348623157e+308',
  ffefffffffffffff: '-1.7976931348623157e+308',
  4340000000000000: '9007199254740992',
  c340000000000000: '-9007199254740992',
  4430000000000000: '295147905179352830000',
  '7fffffffffffffff': null,
  '7ff0000000000000': null,
  '44b52d02c7e14af5': '9.999999999999997e+22',
  '44b52d02c7e14af6': '1e+23',
  '44b52d02c7e14af7': '1.0000000000000001e+23',
  '444b1ae4d6e2ef4e': '999999999999999700000',
  '444b1ae4d6e2ef4f': '999999999999999900000',
  '444b1ae4d6e2ef50': '1e+21',
  '3eb0c6f7a0b5ed8c': '9.999999999999997e-7',
  '3eb0c6f7a0b5ed8d': '0.000001',
  '41b3de4355555553': '333333333.3333332',
  '41b3de4355555554': '333333333.33333325',
  '41b3de4355555555': '333333333.3333333',
  '41b3de4355555556': '333333333.3333334',
  '41b3de4355555557': '333333333.33333343',
  becbf647612f3696: '-0.0000033333333333333333',
  '43143ff3c1cb0959': '1424953923781206.2',
};

export function canonical() {
  const cases = [
    ['RFC 8785, section 3.2.2', SAMPLE, Buffer.from(SAMPLE_BYTES, 'hex').toString('utf8')],
    ['RFC 8785, section 3.2.3', SORTING, SORTED],
    ['empty values', '{"b":{},"a":[],"":""}', '{"":"","a":[],"b":{}}'],
    ['nesting', '[56,{"d":true,"10":null,"1":[]}]', '[56,{"1":[],"10":null,"d":true}]'],
    ['prefixes sort first', '{"aa":1,"a":2,"A":3,"é":4}', '{"A":3,"a":2,"aa":1,"é":4}'],
    [
      'control characters',
      '"\\u0000\\u0001\\u001f\\u007f\\b\\t\\n\\f\\r"',
      '"\\u0000\\u0001\\u001f\u007f\\b\\t\\n\\f\\r"',
    ],
    ['no normalisation', '["\\u0041\\u030a","\\u00c5"]', '["A\u030a","Å"]'],
    [
      'a key that JavaScript treats specially',
      '{"__proto__":1,"toString":2}',
      '{"__proto__":1,"toString":2}',
    ],
    ['a bare literal', 'null', 'null'],
  ];
  return {
    documents: cases.map(([name, input, output]) => {
      const bytes = Buffer.from(output, 'utf8');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { name, input, canonical: output, utf8: bytes.toString('hex'), sha256 };
    }),
    numbers: Object.entries(NUMBERS)
      .map(([ieee, json]) => ({ ieee, json }))
      .sort((a, b) => (a.ieee < b.ieee ? -1 : 1)),
  };
}

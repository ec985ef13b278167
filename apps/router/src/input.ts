import { excerpt, Fault } from '@ganglion/contracts';
import type { z } from 'zod';

/**
 * Parses what a client sent.
 * @param what names the whole ("the body", "the query") where no single field is wrong.
 * @throws Fault INVALID naming the field (`details.field`), what is wrong with it, and the known names if it is unknown.
 */
export const parseInput = <T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw new Fault('INVALID', `${what} is not valid`);
  throw new Fault('INVALID', explain(issue, what, value), {
    field: excerpt(fieldOf(issue)),
    reason: issue.code === 'unrecognized_keys' ? 'unknown_parameter' : 'invalid_value',
  });
};

/** Of unknown parameters told by name. */
const MOST_NAMES = 5;

const dotted = (path: PropertyKey[]): string => path.map(String).join('.');

/** OpenAI's `param`: the wrong field, or the first unknown one. */
const fieldOf = (issue: z.core.$ZodIssue): string => {
  if (issue.code !== 'unrecognized_keys') return dotted(issue.path);
  return dotted([...issue.path, issue.keys[0] ?? '']);
};

const explain = (issue: z.core.$ZodIssue, what: string, value: unknown): string => {
  const at = excerpt(dotted(issue.path));
  if (issue.code === 'unrecognized_keys') {
    const named = issue.keys.slice(0, MOST_NAMES).map((key) => excerpt(dotted([...issue.path, key])));
    const names = [...named, ...(issue.keys.length > MOST_NAMES ? ['…'] : [])].join(', ');
    return `unknown parameter${issue.keys.length > 1 ? 's' : ''}: ${names}. Remove ${issue.keys.length > 1 ? 'them' : 'it'}, or check the spelling`;
  }
  if (at === '') {
    const isNoObject = issue.code === 'invalid_type' && issue.expected === 'object';
    return isNoObject ? `${what} must be a JSON object` : `${what}: ${issue.message}`;
  }
  return isMissing(issue, value) ? `${at} is missing: ${issue.message}` : `${at}: ${issue.message}`;
};

const isMissing = (issue: z.core.$ZodIssue, value: unknown): boolean =>
  issue.path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<PropertyKey, unknown>)[key as string]
        : undefined,
    value,
  ) === undefined;

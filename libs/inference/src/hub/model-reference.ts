import { InferenceError } from '../inference-error.js';

/** Where a model comes from, as a user writes it. */
export type ModelReference =
  | { kind: 'bundled'; name: string; quantisation?: string }
  | { kind: 'directory'; path: string }
  | HubReference
  | { kind: 'auto' };

export interface HubReference {
  kind: 'hub';
  /** `<owner>/<repo>` */
  repository: string;
  /** A branch, a tag or a commit. */
  revision: string;
  quantisation?: string;
}

/** The forms that exist, for errors and `--help`. */
export const REFERENCE_FORMS =
  'bundled:tiny, a directory, hf:<owner>/<repo>[@revision][:quantisation], or auto';

const DEFAULT_REVISION = 'main';
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?$/;
const REVISION = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/;
const QUANTISATION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/;

/**
 * Reads a reference; looks at no disk and no network. Anything without a known scheme is a directory; one that is
 * called `auto`, or has a colon, is written with a leading `./`.
 * @throws InferenceError REFERENCE_INVALID saying what is wrong and which forms exist
 */
export function parseModelReference(text: string): ModelReference {
  if (text === 'auto') return { kind: 'auto' };
  if (text.trim() === '' || text.includes('\0')) throw invalid(text, 'is empty or has a zero byte');
  // One letter before a colon is a drive.
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]+):(?![\\])/.exec(text)?.[1];
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1);
  if (scheme === undefined) return { kind: 'directory', path: text };
  if (scheme === 'bundled') return bundled(text, rest);
  if (scheme === 'hf') return onHub(text, rest);
  const repository = /^\/\/[^/]+\/([^/]+\/[^/?#]+)/.exec(rest)?.[1];
  throw invalid(
    text,
    /^https?$/.test(scheme) && repository !== undefined
      ? `is an address: write hf:${repository}, and name another host than huggingface.co by GANGLION_MODEL_MIRROR`
      : `begins with ${scheme}:, which is no known source`,
  );
}

/** As {@link parseModelReference} reads it, in full. */
export function formatReference(reference: HubReference): string {
  const { repository, revision, quantisation } = reference;
  return `hf:${repository}@${revision}${quantisation === undefined ? '' : `:${quantisation}`}`;
}

/** The name that clients use for a model of a hub: the repository's, without its owner, in lower case. */
export function modelIdOf(repository: string): string {
  return repository.slice(repository.indexOf('/') + 1).toLowerCase();
}

/** A commit never moves; a branch or a tag may. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

function bundled(text: string, rest: string): ModelReference {
  const [name = '', quantisation, ...more] = rest.split(':');
  if (!NAME.test(name) || more.length > 0)
    throw invalid(text, 'names no bundled model, such as bundled:tiny');
  return { kind: 'bundled', name, ...checked(text, quantisation) };
}

function onHub(text: string, rest: string): HubReference {
  const [place = '', quantisation, ...more] = rest.split(':');
  if (more.length > 0) throw invalid(text, 'has more than one quantisation');
  const at = place.indexOf('@');
  const repository = at < 0 ? place : place.slice(0, at);
  const revision = at < 0 ? DEFAULT_REVISION : place.slice(at + 1);
  const names = repository.split('/');
  // As the hub has it; two hyphens would also make two repositories one in the cache.
  const isNamed = names.length === 2 && names.every((name) => NAME.test(name) && !/--|\.\./.test(name));
  if (!isNamed) throw invalid(text, `names the repository "${repository}", which is not <owner>/<repo>`);
  if (!REVISION.test(revision) || /\.\.|\/\/|\/$/.test(revision))
    throw invalid(text, `names the revision "${revision}", which is no branch, tag or commit`);
  return { kind: 'hub', repository, revision, ...checked(text, quantisation) };
}

function checked(text: string, quantisation: string | undefined): { quantisation?: string } {
  if (quantisation === undefined) return {};
  if (QUANTISATION.test(quantisation)) return { quantisation };
  throw invalid(text, `names the quantisation "${quantisation}", which is none such as q4, int8 or fp32`);
}

function invalid(text: string, problem: string): InferenceError {
  const shown = JSON.stringify(text.slice(0, 200));
  return new InferenceError(
    'REFERENCE_INVALID',
    `${shown} ${problem}; a model is ${REFERENCE_FORMS}`,
    'model',
  );
}

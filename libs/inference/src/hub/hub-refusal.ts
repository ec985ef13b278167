import { InferenceError } from '../inference-error.js';
import type { HubAnswer } from './hub-request.js';
import { Passing } from './patience.js';

/** What was asked for, in words of the user's. */
export interface Asked {
  repository: string;
  revision: string;
  path?: string;
}

/**
 * What an answer other than the file means, with what to do about it. Hugging Face says more in `X-Error-Code`; of a
 * private repository it says that there is none, to whoever may not see it.
 * @returns Passing when asking again may help; InferenceError HUB_REFUSED, MODEL_NOT_FOUND or DOWNLOAD_INVALID
 */
export async function refusal(answer: HubAnswer, asked: Asked): Promise<Error> {
  const { status } = answer;
  const code = answer.header('x-error-code');
  const said = answer.header('x-error-message')?.slice(0, 300);
  const retryAfterMs = delayOf(answer.header('retry-after'));
  answer.discard();
  const { repository, revision, path } = asked;
  const what = path === undefined ? repository : `${path} of ${repository}`;
  // An address that a hub signed for another host expires; the hub gives a new one.
  if (status === 429 || status === 408 || status >= 500 || (answer.isElsewhere && status !== 404))
    return new Passing(`the hub answers ${status} for ${what}${said ? ` (${said})` : ''}`, retryAfterMs);
  const refused = (remedy: string): InferenceError =>
    new InferenceError('HUB_REFUSED', `the hub refuses ${what} (${status}): ${remedy}`, 'HF_TOKEN');
  const missing = (problem: string): InferenceError =>
    new InferenceError('MODEL_NOT_FOUND', problem, 'model');

  if (code === 'GatedRepo' || (status === 403 && !code))
    return refused(
      "the model is gated: accept its terms on the hub's page, and give a token of that account in HF_TOKEN",
    );
  if (code === 'RevisionNotFound')
    return missing(`${repository} has no revision ${revision}: name a branch, a tag or a commit of it`);
  if (code === 'EntryNotFound') return missing(`${repository} has no file ${path} at ${revision}`);
  if (status === 401 && code !== 'RepoNotFound')
    return refused(
      'HF_TOKEN is missing, wrong or expired: give a token that may read it, or none if it is public',
    );
  if (status === 401 || status === 404)
    return missing(
      `the hub has no ${what}: check the name; if it is private, give a token that may read it in HF_TOKEN`,
    );
  return new InferenceError('DOWNLOAD_INVALID', `the hub answers ${status} for ${what}`, 'hub');
}

/** Seconds or a date. @returns milliseconds, or undefined when it says neither */
function delayOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = Number(retryAfter);
  const milliseconds = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

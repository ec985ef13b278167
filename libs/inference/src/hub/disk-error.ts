import { InferenceError } from '../inference-error.js';

/** What the disk said no to, as something that the user can do something about; other errors as they are. */
export function diskError(error: unknown, cache: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof InferenceError || code === undefined || syscall === undefined) return error;
  const isFull = code === 'ENOSPC' || code === 'EDQUOT';
  const remedy = isFull
    ? 'free space (`ganglion model rm`), or name a directory on another disk by GANGLION_CACHE'
    : 'make it writable for this user, or name another directory by GANGLION_CACHE';
  const problem = `the cache ${cache} cannot be written (${message}): ${remedy}`;
  return new InferenceError(isFull ? 'DISK_FULL' : 'CACHE_UNWRITABLE', problem, 'cache', { cause: error });
}

export type InferenceErrorCode =
  | 'MODEL_INVALID'
  | 'PROMPT_TOO_LONG'
  | 'PROMPT_INVALID'
  | 'ENGINE_FAILED'
  /** What was written is no reference to a model. */
  | 'REFERENCE_INVALID'
  /** A repository, revision, quantisation or directory that does not exist. */
  | 'MODEL_NOT_FOUND'
  /** No answer from the model hub, or none that lasted. */
  | 'HUB_UNREACHABLE'
  /** The hub wants a token, another one, or that its terms are accepted. */
  | 'HUB_REFUSED'
  /** What the hub sent is not what it listed, or what nobody should be sent. */
  | 'DOWNLOAD_INVALID'
  | 'DISK_FULL'
  | 'CACHE_UNWRITABLE'
  /** Another process works on the same model in the cache. */
  | 'MODEL_BUSY'
  | 'CANCELLED';

/** The one error this library throws on purpose; `field` names the input, or the model's file, that was wrong. */
export class InferenceError extends Error {
  override readonly name = 'InferenceError';

  constructor(
    readonly code: InferenceErrorCode,
    message: string,
    readonly field?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

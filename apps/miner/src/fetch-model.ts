import { type ModelEvent, obtainModel, type ObtainedModel, type Progress } from '@ganglion/inference';
import type { MinerConfig } from './miner.config.js';

/** As Nest's logger: a sentence, or a sentence with facts. */
export interface Log {
  log: (message: string | Record<string, unknown>) => void;
  warn: (message: string | Record<string, unknown>) => void;
}

const REPORT_MS = 5_000;

/**
 * The model on this machine's disk, downloaded first if it has to be; what happens is told in lines of the log.
 * @throws InferenceError as obtainModel
 */
export const fetchModel = async (
  { model, quantisation, slots, source }: Pick<MinerConfig, 'model' | 'quantisation' | 'slots' | 'source'>,
  log: Log,
  signal: AbortSignal,
): Promise<ObtainedModel> => {
  const { bundled, cache, address, token } = source;
  const tell = teller(log);
  return obtainModel(model, {
    bundled,
    cache,
    quantisation,
    slots,
    hub: { address, token },
    signal,
    onEvent: (event) => tell(event, performance.now()),
  });
};

/** Puts into the log what a person wants to know, progress not more often than every five seconds. */
export const teller = (log: Log): ((event: ModelEvent, now: number) => void) => {
  let repository = '';
  let nextAt = 0;
  return (event, now) => {
    if (event.kind === 'notice') log.log(event.message);
    if (event.kind === 'retry')
      log.warn({ message: 'the download is tried again', problem: event.problem, delayMs: event.delayMs });
    if (event.kind === 'started') {
      const { kind: _, repository: name, ...facts } = event;
      repository = name;
      nextAt = now + REPORT_MS;
      log.log({ message: 'downloading the model', repository, ...facts });
    }
    if (event.kind === 'progress' && now >= nextAt) {
      nextAt = now + REPORT_MS;
      log.log({ message: 'downloading', repository, ...figures(event.progress) });
    }
    if (event.kind === 'finished')
      log.log({ message: 'downloaded the model', repository, totalBytes: event.totalBytes });
  };
};

const figures = ({ bytes, totalBytes, bytesPerSecond, etaSeconds }: Progress) => ({
  percent: totalBytes === 0 ? 100 : Math.floor((100 * bytes) / totalBytes),
  bytes,
  totalBytes,
  bytesPerSecond: Math.round(bytesPerSecond),
  ...(etaSeconds === undefined ? {} : { etaSeconds: Math.ceil(etaSeconds) }),
});

import type { HealthView } from '@ganglion/contracts';
import { Bus, callRoll, readStreams } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable, Logger } from '@nestjs/common';
import { servicesOf } from './network-health.js';

/** Replicas answer within half of this, whatever they wait for. */
const ROLL_MS = 1_000;

/** How the network is, as this router sees it. */
@Injectable()
export class NetworkHealthService {
  readonly #log = new Logger('NetworkHealth');
  /** However many ask, the replicas are asked once at a time. */
  #asking: Promise<HealthView> | undefined;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  look(): Promise<HealthView> {
    return (this.#asking ??= this.ask().finally(() => (this.#asking = undefined)));
  }

  private async ask(): Promise<HealthView> {
    const [answers, streams] = await Promise.all([callRoll(this.bus, ROLL_MS), this.streams()]);
    return { at: this.clock.now().toISOString(), services: servicesOf(answers), streams };
  }

  /** A broker without its streams is ill, and the rest of the view all the more wanted. */
  private async streams(): Promise<HealthView['streams']> {
    return readStreams(this.bus).catch((error: unknown) => {
      this.#log.warn(`the streams could not be read: ${String(error)}`);
      return [];
    });
  }
}

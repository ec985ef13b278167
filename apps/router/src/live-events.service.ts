import { type Event, type EventView, moduleNames, topology } from '@ganglion/contracts';
import { Bus, type Listener } from '@ganglion/messaging';
import { Clock } from '@ganglion/runtime';
import { Injectable } from '@nestjs/common';
import { v7 as uuidV7 } from 'uuid';
import { viewOfEvent } from './event-view.js';

const everyEvent: readonly Event[] = moduleNames.flatMap((module) => topology[module].says);

/** Everything that the modules say, as it is said. */
@Injectable()
export class LiveEvents {
  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
  ) {}

  /** Hears every event of the network from now until it is closed. */
  hear(told: (event: EventView) => void): Listener {
    const listeners = everyEvent.map((event) =>
      this.bus.overhear(event, (payload, eventId) =>
        told(viewOfEvent({ id: eventId ?? uuidV7(), event, payload, heardAt: this.clock.ms() })),
      ),
    );
    return { close: () => listeners.forEach((listener) => listener.close()) };
  }
}

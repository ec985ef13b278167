import { Bus } from '@ganglion/messaging';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { Clock } from './clock.js';
import { Health } from './health.js';
import { Metrics } from './metrics.js';

export interface Runtime {
  bus?: Bus;
  clock: Clock;
  health: Health;
  metrics: Metrics;
}

/** What every process has, injectable everywhere: `Bus`, `Clock`, `Health`, `Metrics`. */
@Module({})
export class RuntimeModule {
  static around(app: Type, { bus, clock, health, metrics }: Runtime): DynamicModule {
    const providers = [
      ...(bus ? [{ provide: Bus, useValue: bus }] : []),
      { provide: Clock, useValue: clock },
      { provide: Health, useValue: health },
      { provide: Metrics, useValue: metrics },
    ];
    return { module: RuntimeModule, global: true, imports: [app], providers, exports: providers };
  }
}

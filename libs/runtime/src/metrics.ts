import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The process' Prometheus metrics. Names start with `ganglion_`; asking for a name again gives the same metric. */
export class Metrics {
  readonly #registry = new Registry();

  constructor(service: string) {
    this.#registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.#registry });
  }

  counter(name: string, help: string, labels: string[] = []): Counter {
    return this.once(
      name,
      () => new Counter({ name, help, labelNames: labels, registers: [this.#registry] }),
    );
  }

  gauge(name: string, help: string, labels: string[] = []): Gauge {
    return this.once(name, () => new Gauge({ name, help, labelNames: labels, registers: [this.#registry] }));
  }

  /** `buckets` are upper bounds in the metric's unit. */
  histogram(name: string, help: string, options: { labels?: string[]; buckets: number[] }): Histogram {
    const { labels = [], buckets } = options;
    return this.once(
      name,
      () => new Histogram({ name, help, labelNames: labels, buckets, registers: [this.#registry] }),
    );
  }

  private once<M>(name: string, make: () => M): M {
    return (this.#registry.getSingleMetric(name) as M | undefined) ?? make();
  }

  /** The Prometheus text exposition. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

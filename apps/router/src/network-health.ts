import { type HealthView, moduleNames, type RollCallAnswer } from '@ganglion/contracts';

/** The answers by module; a module of which nobody answered is shown without replicas. */
export const servicesOf = (answers: readonly RollCallAnswer[]): HealthView['services'] =>
  moduleNames.map((module) => {
    const own = answers.filter((answer) => answer.module === module);
    // All replicas look at the same tables.
    const storage = own.find((answer) => answer.storage !== null)?.storage;
    return {
      module,
      replicas: own
        .map(({ module: _module, storage: _storage, ...replica }) => replica)
        .sort((a, b) => a.name.localeCompare(b.name)),
      outbox: storage?.outbox ?? null,
      databaseBytes: storage?.databaseBytes ?? null,
    };
  });

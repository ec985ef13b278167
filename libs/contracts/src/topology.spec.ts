import {
  asksOf,
  catalog,
  type Message,
  moduleNames,
  modulePermissions,
  type ModuleName,
  topology,
} from './index.js';

const reachable = (from: ModuleName): Set<ModuleName> => {
  const reached = new Set<ModuleName>(asksOf(from));
  for (const module of reached) for (const next of asksOf(module)) reached.add(next);
  return reached;
};

describe('the topology', () => {
  it.each(moduleNames)('has no request cycle through %s', (module) => {
    expect([...reachable(module)]).not.toContain(module);
  });

  it('names each subject once', () => {
    const subjects = moduleNames.flatMap((module) =>
      Object.values(catalog[module]).map(({ subject }: Message) => subject),
    );
    expect(new Set(subjects).size).toBe(subjects.length);
  });

  it('lets somebody ask for every request, and nobody ask for what no module answers', () => {
    const asked = new Set(
      moduleNames.flatMap((module) => topology[module].asks.map(({ subject }) => subject)),
    );
    const answered = moduleNames.flatMap((module) =>
      topology[module].answers.filter(({ kind }) => kind === 'request').map(({ subject }) => subject),
    );
    expect([...asked].sort()).toEqual([...answered].sort());
  });
});

describe('module permissions', () => {
  it.each(moduleNames)('give %s no wildcard over the subjects of others', (module) => {
    const { publish, subscribe } = modulePermissions(module);
    for (const subject of [...publish, ...subscribe])
      expect(subject).not.toMatch(/^(>|\*|req\.>|job\.>|node\.>|\$JS\.>|\$JS\.API\.>)/);
  });

  it.each(moduleNames)('let %s change no stream', (module) => {
    for (const subject of modulePermissions(module).publish)
      expect(subject).not.toMatch(/STREAM\.(CREATE|UPDATE|DELETE|PURGE|MSG\.DELETE)/);
  });

  it.each(moduleNames)('let %s hear only its own inbox', (module) => {
    const inboxes = modulePermissions(module).subscribe.filter((subject) => subject.startsWith('_INBOX'));
    expect(inboxes).toEqual([`_INBOX.${module}.>`]);
  });
});

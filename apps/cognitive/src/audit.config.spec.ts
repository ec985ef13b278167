import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const dist = pathToFileURL(fileURLToPath(new URL('../dist/audit.config.js', import.meta.url))).href;
const script = `const { readAuditConfig } = await import(${JSON.stringify(dist)});
  console.log(JSON.stringify(readAuditConfig()));`;

/** As a process of its own: a wrong configuration ends it. */
const read = (environment: Record<string, string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { PATH: process.env['PATH'], ...environment },
    encoding: 'utf8',
  });
  return { status, config: status === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : {}, stderr };
};

describe('the configuration of audits', () => {
  it('audits two in a hundred of the best, in epochs of an hour, of calibrated models', () => {
    const { config } = read({});
    expect(config).toMatchObject({ baseRate: 20_000, epochMs: 3_600_000 });
    expect(Object.values(config['tolerances'] as object)).toEqual([{ evidence: 41, gap: 0.297 }]);
  });

  it('takes rates, lengths and tolerances that are set, beside those that are built in', () => {
    const { config } = read({
      AUDIT_RATE: '0.5',
      AUDIT_EPOCH_SECONDS: '60',
      AUDIT_TOLERANCES: '{"q4": {"evidence": 60, "gap": 0.4}}',
    });
    expect(config).toMatchObject({ baseRate: 500_000, epochMs: 60_000 });
    expect(config['tolerances']).toMatchObject({ q4: { evidence: 60, gap: 0.4 } });
    expect(Object.keys(config['tolerances'] as object)).toHaveLength(2);
  });

  it.each([
    ['AUDIT_RATE', '1.5'],
    ['AUDIT_EPOCH_SECONDS', '1'],
    ['AUDIT_TOLERANCES', '{"q4": 3}'],
    ['AUDIT_TOLERANCES', 'q4=3'],
  ])('ends with the name of what is wrong: %s=%s', (name, value) => {
    const { status, stderr } = read({ [name]: value });
    expect(status).toBe(2);
    expect(stderr).toContain(name);
  });
});

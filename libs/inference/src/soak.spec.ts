import { build, TINY } from './testing/tiny-engine.js';
import { openPatient, runKills, runRequests } from './testing/soak.js';

beforeAll(() => build());

/** What a process holds is read from /proc. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('an engine under load', () => {
  it('ends every request with a result or as it was told to: 300 of them', async () => {
    await using patient = await openPatient(TINY);
    const { endings } = await runRequests(patient, 300, { seed: 20261125 });
    const { answered, cancelled, refused, failed, wrong } = endings;
    expect(wrong).toEqual([]);
    expect(failed).toBe(0);
    expect(answered + cancelled + refused).toBe(300);
    for (const some of [cancelled, refused]) expect(some).toBeGreaterThan(0);
  });

  onLinux('outlives the deaths of its process, and nothing of them is left: 3 of them', async () => {
    await using patient = await openPatient(TINY);
    const { endings, survived, before, after } = await runKills(patient, 3, { seed: 20261126 });
    expect(endings.wrong).toEqual([]);
    expect(survived).toBe(3);
    // Of the twelve requests at a time, a few may have ended before.
    expect(endings.failed).toBeGreaterThan(20);
    expect(endings.failed + endings.answered).toBe(3 * 13);
    expect(before.children).toBeGreaterThanOrEqual(1);
    expect(after).toEqual(before);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { calibratedTolerances } from './calibrated-tolerances.js';

const folder = fileURLToPath(new URL('../../calibrations/', import.meta.url));

describe('the tolerances that come with the library', () => {
  it('are those of the calibrations beside it', () => {
    const measured = readdirSync(folder).map((name) => {
      const { model, tolerances } = JSON.parse(readFileSync(`${folder}${name}`, 'utf8')) as {
        model: { digest: string };
        tolerances: object;
      };
      return [model.digest, tolerances];
    });
    expect(calibratedTolerances).toEqual(Object.fromEntries(measured));
  });
});

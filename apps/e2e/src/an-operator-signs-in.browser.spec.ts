import { NetworkAddress } from '@ganglion/testkit';
import { Operator } from './browser.fixture.js';
import { newKey } from './client.fixture.js';

describe('an operator', () => {
  let network: NetworkAddress;
  let operator: Operator;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    operator = await Operator.open(network);
  });
  afterAll(() => operator[Symbol.asyncDispose]());

  const cookies = () => operator.page.context().cookies();
  const alert = () => operator.page.getByRole('alert').textContent();

  it('is told what is wrong with a key that is unknown, or not an admin’s, and is let in with neither', async () => {
    await operator.go('/nodes');
    await operator.enter('gk_0000000000000000000000000000');
    expect(await alert()).toMatch(/No such key/);
    const { apiKey } = await newKey(network, 'of no admin');
    await operator.enter(apiKey);
    await operator.page.getByText(/not an admin/).waitFor();
    expect(await cookies()).toEqual([]);
    expect(new URL(operator.page.url()).pathname).toBe('/login');
    operator.problems();
  });

  it('is let in with an admin’s key, to where they wanted to go, and stays signed in', async () => {
    await operator.enter(network.apiKey);
    const nodes = operator.page.getByRole('heading', { name: 'Nodes', level: 1 });
    await nodes.waitFor();
    await operator.page.reload();
    await nodes.waitFor();
    expect(new URL(operator.page.url()).pathname).toBe('/nodes');
    expect(operator.problems()).toEqual([]);
  });

  it('has the key nowhere that a script, a link or a log could show it', async () => {
    const [cookie, ...others] = await cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    expect(cookie!.value).not.toContain(network.apiKey);
    const seen = await operator.page.evaluate(() =>
      JSON.stringify([
        { ...localStorage },
        { ...sessionStorage },
        document.cookie,
        location.href,
        history.state,
      ]),
    );
    expect(seen).not.toContain(network.apiKey);
    expect(seen).not.toContain(cookie!.value);
  });

  it('signs out, and sees nothing more', async () => {
    await operator.page.getByRole('button', { name: 'sign out' }).click();
    await operator.page.getByLabel('Admin key').waitFor();
    await operator.go('/');
    await operator.page.getByLabel('Admin key').waitFor();
    expect(await cookies()).toEqual([]);
  });
});

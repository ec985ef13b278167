import { eventually, NetworkAddress } from '@ganglion/testkit';
import { Operator } from './browser.fixture.js';
import { clientOf, JAPAN, newKey, question } from './client.fixture.js';

describe('the page of keys', () => {
  let network: NetworkAddress;
  let operator: Operator;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    operator = await Operator.open(network);
    await operator.signIn('/keys');
  });
  afterAll(() => operator[Symbol.asyncDispose]());

  it('makes a key, shows it once, and it works', async () => {
    const { page } = operator;
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('of the accountants');
    await dialog.getByRole('button', { name: 'Create' }).click();
    const apiKey = await dialog.getByLabel('the key', { exact: true }).textContent();
    expect((await clientOf(network, apiKey!.trim()).chat(question(JAPAN))).text).toContain('Tokyo');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('table', { name: 'keys' }).getByText('of the accountants').waitFor();
    expect(await page.content()).not.toContain(apiKey!.trim());

    await page.getByRole('button', { name: 'revoke of the accountants' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'change of the accountants' }).waitFor({ state: 'hidden' });
    // Each router hears of it.
    const asked = () => clientOf(network, apiKey!.trim()).models();
    await eventually(() => expect(asked()).rejects.toMatchObject({ status: 401 }));
    expect(operator.problems()).toEqual([]);
  });

  it('shows more keys than fit on a page when it is asked to', async () => {
    const { page } = operator;
    // The newest come first.
    await newKey(network, 'of the very first');
    for (let made = 0; made < 50; made++) await newKey(network, `of many, ${made}`);
    await operator.go('/keys');
    const row = (name: string) => page.getByRole('button', { name: `change ${name}`, exact: true });
    await row('of many, 49').waitFor();
    expect(await row('of the very first').count()).toBe(0);
    await page.getByRole('button', { name: 'More keys' }).click();
    await row('of the very first').waitFor();
    expect(await row('of many, 49').count()).toBe(1);
    expect(operator.problems()).toEqual([]);
  });
});

describe('the page of a task', () => {
  let network: NetworkAddress;
  let operator: Operator;
  beforeAll(async () => {
    network = await NetworkAddress.shared();
    operator = await Operator.open(network);
    await operator.signIn();
  });
  afterAll(() => operator[Symbol.asyncDispose]());

  it('checks the receipt in the browser', async () => {
    const { taskId, text } = await clientOf(network, network.apiKey).chat(question(JAPAN));
    await operator.go(`/tasks/${taskId}`);
    await operator.page.getByTestId('lanes').first().waitFor();
    expect(await operator.page.getByTestId('text').first().textContent()).toContain(text.trim());
    await operator.page.getByRole('button', { name: 'Verify' }).click();
    await operator.page.getByTestId('verified').waitFor();
    expect(operator.problems()).toEqual([]);
  });

  it('says what does not hold in a receipt that was changed on its way', async () => {
    const { taskId } = await clientOf(network, network.apiKey).chat(question(JAPAN));
    await operator.page.route('**/receipt', async (route) => {
      const response = await route.fetch();
      const receipt = (await response.json()) as { promptTokens: number };
      await route.fulfill({ response, json: { ...receipt, promptTokens: receipt.promptTokens + 1 } });
    });
    await operator.go(`/tasks/${taskId}`);
    await operator.page.getByRole('button', { name: 'Verify' }).click();
    await operator.page.getByTestId('refused').waitFor();
    expect(operator.problems()).toEqual([]);
  });
});

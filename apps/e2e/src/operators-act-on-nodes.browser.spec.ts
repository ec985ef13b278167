import { Network } from '@ganglion/testkit';
import { Operator } from './browser.fixture.js';
import { nodesOf, untilNode } from './nodes.fixture.js';

describe('the pool', () => {
  let network: Network;
  let operator: Operator;
  let name: string;
  let nodeId: string;
  beforeAll(async () => {
    network = Network.ofSetUp();
    operator = await Operator.open(network);
    await operator.signIn('/nodes');
  });
  afterAll(async () => {
    await operator[Symbol.asyncDispose]();
    if (name) await network.stopMiner(name);
  });

  const stateShown = (state: string): Promise<void> =>
    operator.page.getByRole('table', { name: 'nodes' }).getByText(state).last().waitFor();

  it('shows a node that joins and passes its test, without being read again', async () => {
    const known = new Set((await nodesOf(network)).map((node) => node.nodeId));
    await operator.page.getByText(`${known.size} of ${known.size}`).waitFor();
    name = await network.addMiner();
    await operator.page.getByText(`${known.size + 1} of ${known.size + 1}`).waitFor();
    nodeId = (await nodesOf(network)).find((node) => !known.has(node.nodeId))!.nodeId;
    await untilNode(network, nodeId, 'EPHEMERAL', 'RESERVED');
    await operator.page.getByLabel('Search').fill(nodeId);
    await stateShown('ephemeral');
    expect(operator.problems()).toEqual([]);
  });

  it('drains a node when the operator says why, and keeps who did it', async () => {
    await operator.page
      .getByRole('link', { name: nodeId.slice(0, 9) })
      .first()
      .click();
    await operator.page.getByRole('button', { name: 'Drain' }).click();
    const dialog = operator.page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('its fan is loud');
    await dialog.getByRole('button', { name: 'Drain' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(JSON.stringify(await untilNode(network, nodeId, 'DRAINING', 'OFFLINE'))).toContain(
      'its fan is loud',
    );
    await operator.page.getByText('its fan is loud').first().waitFor();
    expect(operator.problems()).toEqual([]);
  });
});

import { ModelFolder } from '../testing/model-folder.js';
import { encodeModel } from '../testing/onnx-builder.js';
import { decoderGraph } from '../testing/onnx-decoder.js';
import { editForServing } from './edit-for-serving.js';
import { readGraph } from './read-graph.js';

describe('serving packed weights', () => {
  it.each([
    [null, 4],
    [0, 4],
    [1, 1],
    [4, 4],
  ])(
    'makes of accuracy level %j of packed weights %j, and says so when it is another',
    async (own, served) => {
      using folder = new ModelFolder();
      const options = { heads: 4, headSize: 16, head: 'int4', accuracy: own } as const;
      const file = folder.put('onnx/model.onnx', encodeModel(decoderGraph(options)));
      const edited = await editForServing(await readGraph(folder.path, file));
      const written = await readGraph(folder.path, folder.put('onnx/edited.onnx', edited.bytes));
      const product = written.nodes.find(({ operator }) => operator === 'com.microsoft:MatMulNBits')!;
      expect(product.attributes.get('accuracy_level')).toBe(served);
      expect(product.attributes.get('block_size')).toBe(32);
      expect(product.inputs[0]).toMatch(/logits_positions$/);
      expect(edited.roundsActivations).toBe(served !== own);
      expect(edited.edits.join()).toMatch(
        served === own ? /^(?!.*round)/ : /1 products round activations to int8/,
      );
    },
  );
});

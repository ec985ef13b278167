import json
import tempfile
import unittest
from pathlib import Path

import gguf
import numpy as np

from makers.gguf_file import read_gguf, write_gguf
from makers.problem import Problem
from makers.sources import TINY, random_model, trained_model


class GgufFile(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "model.gguf"

    def test_gives_back_the_shape_weights_and_vocabulary_that_were_written(self) -> None:
        model = trained_model()
        write_gguf(model, "f32", self.path, "tiny")
        read = read_gguf(self.path)
        self.assertEqual((read.shape, read.vocabulary), (model.shape, model.vocabulary))
        self.assertEqual(read.weights.keys(), model.weights.keys())
        for name, weight in model.weights.items():
            np.testing.assert_array_equal(read.weights[name], weight, name)

    def test_makes_the_tokenizer_that_ships_with_the_bundled_model(self) -> None:
        shipped = json.loads((TINY / "tokenizer.json").read_text("utf-8"))
        made = trained_model().vocabulary.tokenizer()
        for part in ("added_tokens", "model", "pre_tokenizer", "normalizer", "post_processor"):
            self.assertEqual(made[part], shipped[part])

    def test_counts_the_bits_of_a_weight_with_its_share_of_the_scale(self) -> None:
        model = random_model("two-layers")
        bits = {kind: write_gguf(model, kind, self.path, "x")["bitsPerWeight"] for kind in ("q4_0", "q8_0", "f16", "f32")}
        self.assertEqual(bits, {"q4_0": 4.5, "q8_0": 8.5, "f16": 16, "f32": 32})

    def test_refuses_another_architecture_and_files_of_another_kind(self) -> None:
        writer = gguf.GGUFWriter(self.path, "mamba")
        writer.add_tensor("x", np.zeros((2, 2), np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        with self.assertRaisesRegex(Problem, "architecture mamba; only llama"):
            read_gguf(self.path)
        self.path.write_bytes(b"not a model" * 9)
        with self.assertRaisesRegex(Problem, "cannot be read as GGUF"):
            read_gguf(self.path)


if __name__ == "__main__":
    unittest.main()

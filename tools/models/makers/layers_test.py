import json
import tempfile
import unittest
from pathlib import Path

from makers.layout import Export, write_model
from makers.linear import Precision
from makers.problem import Problem
from makers.sources import first_layers, trained_model


class FirstLayers(unittest.TestCase):
    def test_keeps_those_layers_and_all_that_belongs_to_none(self) -> None:
        whole = trained_model()
        fewer = first_layers(whole, 2)
        self.assertEqual(fewer.shape.num_hidden_layers, 2)
        kept = {name for name in whole.weights if not name.startswith("layers.") or name.startswith(("layers.0.", "layers.1."))}
        self.assertEqual(set(fewer.weights), kept)
        self.assertEqual(whole.shape.num_hidden_layers, 6)

    def test_says_in_the_configuration_how_many_there_are(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            write_model(first_layers(trained_model(), 2), Export(Precision("int8")), Path(folder))
            config = json.loads((Path(folder) / "config.json").read_text("utf-8"))
        self.assertEqual((config["num_hidden_layers"], config["vocab_size"]), (2, 1280))

    def test_refuses_layers_that_are_not_there(self) -> None:
        for count in (0, 7):
            with self.assertRaisesRegex(Problem, "--layers: between 1 and 6"):
                first_layers(trained_model(), count)


if __name__ == "__main__":
    unittest.main()

import os
import pickle
import tempfile
import unittest
import zipfile
from pathlib import Path

import numpy as np

from makers.checkpoint import read_checkpoint
from makers.problem import Problem
from makers.sources import TINY


class RunsACommand:
    """Pickled, it is the command; a careless reader runs it."""

    def __init__(self, witness: Path) -> None:
        self._command = f"touch {witness}"

    def __reduce__(self) -> tuple:
        return os.system, (self._command,)


class Checkpoint(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, pickled: bytes, **others: bytes) -> Path:
        path = self.folder / "checkpoint.pt"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("checkpoint/data.pkl", pickled)
            for name, content in others.items():
                archive.writestr(f"checkpoint/{name}", content)
        return path

    def test_reads_the_bundled_model(self) -> None:
        shape, weights = read_checkpoint(TINY / "checkpoint.pt")
        self.assertEqual((shape.vocab_size, shape.num_hidden_layers, shape.head_size), (1280, 6, 32))
        self.assertEqual(sum(weight.size for weight in weights.values()), 2_607_552)
        self.assertEqual(weights["layers.5.down"].shape, (192, 512))
        self.assertTrue(all(np.isfinite(weight).all() for weight in weights.values()))

    def test_refuses_to_call_anything_that_is_not_allowed(self) -> None:
        witness = self.folder / "witness"
        path = self.write(pickle.dumps(RunsACommand(witness), protocol=2))
        with self.assertRaisesRegex(Problem, "system, which is not allowed"):
            read_checkpoint(path)
        self.assertFalse(witness.exists())

    def test_refuses_a_storage_that_is_cut_short(self) -> None:
        whole = TINY / "checkpoint.pt"
        path = self.folder / "short.pt"
        with zipfile.ZipFile(whole) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                content = source.read(name)
                target.writestr(name, content[:-4] if name.endswith("data/7") else content)
        with self.assertRaisesRegex(Problem, "storage 7 has 393212 bytes instead of 393216"):
            read_checkpoint(path)

    def test_refuses_files_that_are_no_checkpoint(self) -> None:
        with self.assertRaisesRegex(Problem, "no checkpoint of models/tiny/train.py"):
            read_checkpoint(self.write(pickle.dumps({"weights": []}, protocol=2)))
        empty = self.folder / "empty.pt"
        empty.write_bytes(b"")
        with self.assertRaisesRegex(Problem, "cannot be read"):
            read_checkpoint(empty)
        with self.assertRaisesRegex(Problem, "big-endian"):
            read_checkpoint(self.write(pickle.dumps({}, protocol=2), byteorder=b"big"))


if __name__ == "__main__":
    unittest.main()

"""Reads a PyTorch checkpoint without PyTorch: a zip archive of a pickle and raw storages.

A pickle can name any function to call, so this one may name three: the ordered dictionary, the function that puts a
tensor together, and the float storage. Anything else is refused.
"""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np

from makers.problem import Problem
from makers.shape import Shape
from makers.weights import Weights

STORAGE_TYPES = {"FloatStorage": np.dtype("<f4"), "HalfStorage": np.dtype("<f2")}

# The bundled model's trainer (models/tiny/train.py) names its layers so.
LAYER_NAMES = {
    "q": "q",
    "k": "kk",
    "v": "v",
    "o": "o",
    "gate": "g",
    "up": "u",
    "down": "dn",
    "attention_norm": "n1",
    "mlp_norm": "n2",
}


def _tensor(storage: np.ndarray, offset: int, size: tuple, stride: tuple, *_unused: object) -> np.ndarray:
    """What `torch._utils._rebuild_tensor_v2` does, for tensors that lie in memory in order."""
    count = int(np.prod(size, dtype=np.int64))
    in_order = tuple(int(np.prod(size[axis + 1 :], dtype=np.int64)) for axis in range(len(size)))
    if tuple(stride) != in_order or offset < 0 or offset + count > storage.size:
        raise Problem(f"a tensor of size {size} and stride {stride} is not contiguous: save it with .contiguous()")
    return storage[offset : offset + count].reshape(size)


class _TensorUnpickler(pickle.Unpickler):
    def __init__(self, archive: zipfile.ZipFile, pickled: str) -> None:
        super().__init__(archive.open(pickled))
        self._archive = archive
        self._folder = pickled.removesuffix("data.pkl")

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in STORAGE_TYPES:
            return STORAGE_TYPES[name]
        raise Problem(f"the checkpoint wants {module}.{name}, which is not allowed: only float tensors are read")

    def persistent_load(self, pid: tuple) -> np.ndarray:
        kind, storage_type, key, _location, count = pid
        if kind != "storage" or not str(key).isdecimal():
            raise Problem(f"the checkpoint refers to {pid!r}, which is no storage")
        raw = self._archive.read(f"{self._folder}data/{key}")
        if len(raw) != count * storage_type.itemsize:
            raise Problem(f"storage {key} has {len(raw)} bytes instead of {count * storage_type.itemsize}")
        return np.frombuffer(raw, storage_type)


def read_checkpoint(path: Path) -> tuple[Shape, Weights]:
    """A checkpoint `{cfg, state}` of models/tiny/train.py. Raises Problem when it is another one, or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            pickled = next((name for name in archive.namelist() if name.endswith("/data.pkl")), None)
            if pickled is None:
                raise Problem(f"{path} holds no data.pkl: it is no PyTorch checkpoint")
            _refuse_big_endian(archive, pickled)
            content = _TensorUnpickler(archive, pickled).load()
    except (OSError, zipfile.BadZipFile, KeyError, pickle.UnpicklingError, EOFError) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
    try:
        shape, state = Shape(**content["cfg"]), content["state"]
        weights = {"embedding": state["emb.weight"], "norm": state["norm.weight"]}
        for layer in range(shape.num_hidden_layers):
            for ours, theirs in LAYER_NAMES.items():
                weights[f"layers.{layer}.{ours}"] = state[f"layers.{layer}.{theirs}.weight"]
    except (KeyError, TypeError) as error:
        raise Problem(f"{path} is no checkpoint of models/tiny/train.py: {error}") from error
    return shape, {name: array.astype(np.float32) for name, array in weights.items()}


def _refuse_big_endian(archive: zipfile.ZipFile, pickled: str) -> None:
    marker = pickled.removesuffix("data.pkl") + "byteorder"
    if marker in archive.namelist() and archive.read(marker) != b"little":
        raise Problem("the checkpoint was written on a big-endian machine: save it again on another")

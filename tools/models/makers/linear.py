"""Matrices of the decoder: as floats, or quantised in blocks."""

from dataclasses import dataclass

import numpy as np

from makers.graph import CONTRIB, Graph
from makers.quantise import quantise

BITS = {"int8": 8, "int4": 4}


@dataclass
class Precision:
    """How weights are written.

    `kind`: fp32, fp16, int8 or int4. For the last two, `block` weights share a float32 scale, and `accuracy` is what
    MatMulNBits calls accuracy_level: 4 lets it quantise the activations to int8, and is what makes it fast on a CPU.
    """

    kind: str = "int4"
    block: int = 32
    accuracy: int = 4

    @property
    def float_type(self) -> str:
        return "float16" if self.kind == "fp16" else "float32"


class Linears:
    """Writes `x @ weight.T` into a graph, and counts the bits that a step reads for it."""

    def __init__(self, graph: Graph, precision: Precision) -> None:
        self._graph = graph
        self._precision = precision
        self._weights = 0
        self._bytes = 0

    def multiply(self, x: str, weight: np.ndarray, name: str, output: str) -> str:
        """`weight` is [outputs, inputs], float32; `name` begins those of its constants."""
        bits = BITS.get(self._precision.kind)
        if bits is None:
            stored = weight.T.astype(self._precision.float_type)
            self._count(weight, stored.nbytes)
            return self._graph.node("MatMul", [x, self._graph.constant(f"{name}.weight", stored)], output)
        levels, scales = quantise(weight, bits, self._precision.block)
        self._count(weight, levels.nbytes + scales.nbytes)
        operands = [
            x,
            self._graph.constant(f"{name}.levels", levels),
            self._graph.constant(f"{name}.scales", scales),
        ]
        attributes = {
            "N": weight.shape[0],
            "K": weight.shape[1],
            "bits": bits,
            "block_size": self._precision.block,
            "accuracy_level": self._precision.accuracy,
        }
        return self._graph.node("MatMulNBits", operands, output, domain=CONTRIB, **attributes)

    def multiply_embedding(self, x: str, embedding: np.ndarray, output: str) -> str:
        """Multiplies by the constant `embedding`, as a tied head does: floats are not written a second time."""
        if self._precision.kind in BITS:
            return self.multiply(x, embedding, "head", output)
        self._count(embedding, embedding.size * np.dtype(self._precision.float_type).itemsize)
        self._graph.node("Transpose", ["embedding"], "head.weight", perm=[1, 0])
        return self._graph.node("MatMul", [x, "head.weight"], output)

    @property
    def bits_per_weight(self) -> float:
        """Of all matrices written so far, scales counted."""
        return 8 * self._bytes / self._weights

    def _count(self, weight: np.ndarray, stored_bytes: int) -> None:
        self._weights += weight.size
        self._bytes += stored_bytes

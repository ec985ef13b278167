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
    `shares_embedding`: a tied embedding is not written a second time, as floats, but read from the head's blocks.
    """

    kind: str = "int4"
    block: int = 32
    accuracy: int = 4
    shares_embedding: bool = False

    @property
    def float_type(self) -> str:
        return "float16" if self.kind == "fp16" else "float32"


class Linears:
    """Writes embedding and `x @ weight.T` into a graph, and counts the bits that a step reads for the latter."""

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
        operands = [x, *self._quantised(weight, name)]
        self._count(weight, sum(self._graph.constant_bytes(constant) for constant in operands[1:]))
        attributes = {
            "N": weight.shape[0],
            "K": weight.shape[1],
            "bits": bits,
            "block_size": self._precision.block,
            "accuracy_level": self._precision.accuracy,
        }
        return self._graph.node("MatMulNBits", operands, output, domain=CONTRIB, **attributes)

    def embed(self, ids: str, embedding: np.ndarray, output: str) -> str:
        """The rows of `embedding` for token ids; written once for this and a tied head where that can be."""
        precision, graph = self._precision, self._graph
        bits = BITS.get(precision.kind)
        if bits is None or not precision.shares_embedding:
            return graph.node("Gather", [graph.constant("embedding", embedding), ids], output)
        levels, scales = self._quantised(embedding, "head")
        rows, columns = embedding.shape
        graph.node("Reshape", [levels, graph.integers(rows, columns * bits // 8)], "embedding.levels")
        graph.node("Reshape", [scales, graph.integers(rows, columns // precision.block)], "embedding.scales")
        attributes = {"bits": bits, "block_size": precision.block, "gather_axis": 0, "quantize_axis": 1}
        operands = ["embedding.levels", ids, "embedding.scales"]
        return graph.node("GatherBlockQuantized", operands, output, domain=CONTRIB, **attributes)

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

    def _quantised(self, weight: np.ndarray, name: str) -> tuple[str, str]:
        """Constants: levels and scales of the weight, once for each name."""
        names = f"{name}.levels", f"{name}.scales"
        if not self._graph.has_constant(names[0]):
            for constant, value in zip(names, quantise(weight, BITS[self._precision.kind], self._precision.block)):
                self._graph.constant(constant, value)
        return names

    def _count(self, weight: np.ndarray, stored_bytes: int) -> None:
        self._weights += weight.size
        self._bytes += stored_bytes

"""Root mean square norms (Zhang and Sennrich 2019, arXiv:1910.07467)."""

from abc import ABC, abstractmethod

import numpy as np

from makers.graph import CONTRIB, Graph
from makers.weights import Weights


class Norms(ABC):
    def __init__(self, graph: Graph, weights: Weights, epsilon: float) -> None:
        self._graph, self._weights, self._epsilon = graph, weights, epsilon

    @abstractmethod
    def first(self, x: str, name: str) -> str:
        """The norm of `x`, scaled by the weights called `name`."""

    @abstractmethod
    def next(self, residual: str, x: str, name: str) -> tuple[str, str]:
        """The norm of the sum, and the sum."""


class FusedNorms(Norms):
    """Fused with the residual sum before them, in ONNX Runtime's operators."""

    def first(self, x: str, name: str) -> str:
        scale = self._graph.constant(f"{name}.scale", self._weights[name])
        operation = "SimplifiedLayerNormalization"
        return self._graph.node(operation, [x, scale], f"{name}.out", axis=-1, epsilon=self._epsilon)

    def next(self, residual: str, x: str, name: str) -> tuple[str, str]:
        scale = self._graph.constant(f"{name}.scale", self._weights[name])
        outputs = [f"{name}.out", "", "", f"{name}.residual"]
        operation = "SkipSimplifiedLayerNormalization"
        operands = [residual, x, scale]
        self._graph.node_of(operation, operands, outputs, domain=CONTRIB, epsilon=self._epsilon)
        return outputs[0], outputs[3]


class PlainNorms(Norms):
    """In standard operators; in float32, for in half precision the square of 256 overflows."""

    def __init__(self, graph: Graph, weights: Weights, epsilon: float) -> None:
        super().__init__(graph, weights, epsilon)
        self._is_half = graph.float_type == "float16"

    def first(self, x: str, name: str) -> str:
        graph = self._graph
        wide = graph.cast(x, f"{name}.wide", "float32") if self._is_half else x
        graph.node("Mul", [wide, wide], f"{name}.squares")
        graph.node("ReduceMean", [f"{name}.squares", graph.integers(-1)], f"{name}.mean", keepdims=1)
        epsilon = np.array([self._epsilon], np.float32)
        graph.node("Add", [f"{name}.mean", graph.single("epsilon", epsilon)], f"{name}.above_zero")
        graph.node("Sqrt", [f"{name}.above_zero"], f"{name}.root")
        graph.node("Div", [wide, f"{name}.root"], f"{name}.even")
        even = graph.cast(f"{name}.even", f"{name}.narrow", "float16") if self._is_half else f"{name}.even"
        scale = graph.constant(f"{name}.scale", self._weights[name])
        return graph.node("Mul", [even, scale], f"{name}.out")

    def next(self, residual: str, x: str, name: str) -> tuple[str, str]:
        hidden = self._graph.node("Add", [residual, x], f"{name}.residual")
        return self.first(hidden, name), hidden

"""A Llama-shaped decoder as an ONNX graph.

Inputs: `input_ids`, `attention_mask`, for some attentions `position_ids`, `past_key_values.N.key|value`.
Outputs: `logits` [batch, sequence, vocabulary], `present.N.key|value`.
"""

from dataclasses import dataclass

import onnx

from makers.attention import Attention, GroupQueryAttention, GroupQueryAttentionWithPositions
from makers.graph import Graph
from makers.linear import Linears, Precision
from makers.norms import FusedNorms, Norms, PlainNorms
from makers.plain_attention import PlainAttention
from makers.problem import Problem
from makers.shape import Shape
from makers.weights import Weights

ATTENTIONS = {
    "gqa": GroupQueryAttention,
    "gqa-positions": GroupQueryAttentionWithPositions,
    "plain": PlainAttention,
}


@dataclass
class Decoder:
    model: onnx.ModelProto
    # Of the matrices that a step reads, scales counted.
    bits_per_weight: float


def build_decoder(shape: Shape, weights: Weights, precision: Precision, attention: str = "gqa") -> Decoder:
    """Writes the decoder with one of ATTENTIONS; the plain one has no operator of ONNX Runtime's own but MatMulNBits."""
    if precision.shares_embedding and "head" in weights:
        raise Problem("the model has a head of its own: its embedding cannot be read from the head")
    graph = Graph(precision.float_type)
    graph.add_input("input_ids", ["batch_size", "sequence_length"], "int64")
    graph.add_input("attention_mask", ["batch_size", "total_sequence_length"], "int64")
    norms = (PlainNorms if attention == "plain" else FusedNorms)(graph, weights, shape.rms_norm_eps)
    writer = _Writer(graph, shape, weights, norms, ATTENTIONS[attention](graph, shape), Linears(graph, precision))
    writer.write()
    return Decoder(graph.model(), writer.linears.bits_per_weight)


@dataclass
class _Writer:
    graph: Graph
    shape: Shape
    weights: Weights
    norms: Norms
    attention: Attention
    linears: Linears

    def write(self) -> None:
        shape, graph = self.shape, self.graph
        hidden = self.linears.embed("input_ids", self.weights["embedding"], "embedded")
        normed = self.norms.first(hidden, "layers.0.attention_norm")
        for at in range(shape.num_hidden_layers):
            self._cache(at)
            name = f"layers.{at}"
            query, key, value = (self._project(normed, f"{name}.{matrix}") for matrix in ("q", "k", "v"))
            attended = self._project(self.attention.layer(at, query, key, value), f"{name}.o")
            normed, hidden = self.norms.next(hidden, attended, f"{name}.mlp_norm")
            is_last = at + 1 == shape.num_hidden_layers
            following = "norm" if is_last else f"layers.{at + 1}.attention_norm"
            normed, hidden = self.norms.next(hidden, self._mlp(normed, name), following)
        if "head" in self.weights:
            self.linears.multiply(normed, self.weights["head"], "head", "logits")
        else:
            self.linears.multiply_embedding(normed, self.weights["embedding"], "logits")
        graph.add_output("logits", ["batch_size", "sequence_length", shape.vocab_size])
        for at in range(shape.num_hidden_layers):
            for part in ("key", "value"):
                graph.add_output(f"present.{at}.{part}", self._cache_dimensions("total_sequence_length"))

    def _mlp(self, x: str, name: str) -> str:
        """SwiGLU (Shazeer 2020, arXiv:2002.05202)."""
        graph = self.graph
        gate, up = self._project(x, f"{name}.gate"), self._project(x, f"{name}.up")
        graph.node("Sigmoid", [gate], f"{name}.sigmoid")
        graph.node("Mul", [gate, f"{name}.sigmoid"], f"{name}.swish")
        graph.node("Mul", [f"{name}.swish", up], f"{name}.gated")
        return self._project(f"{name}.gated", f"{name}.down")

    def _project(self, x: str, name: str) -> str:
        return self.linears.multiply(x, self.weights[name], name, f"{name}.out")

    def _cache(self, at: int) -> None:
        for part in ("key", "value"):
            self.graph.add_input(f"past_key_values.{at}.{part}", self._cache_dimensions("past_sequence_length"))

    def _cache_dimensions(self, length: str) -> list[str | int]:
        return ["batch_size", self.shape.num_key_value_heads, length, self.shape.head_size]

"""The three forms in which exports of Llama-shaped models write attention.

All take query, key and value as [batch, sequence, heads * head size], and cache keys and values as
[batch, key-value heads, length, head size].
"""

from abc import ABC, abstractmethod

import numpy as np

from makers.graph import CONTRIB, Graph
from makers.shape import Shape


def rotary_tables(shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Cosines and sines [positions, head size / 2] of the rotary embedding (Su et al. 2021, arXiv:2104.09864)."""
    frequency = 1 / shape.rope_theta ** (np.arange(0, shape.head_size, 2) / shape.head_size)
    angle = np.arange(shape.max_position_embeddings)[:, None] * frequency
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


class Attention(ABC):
    """Writes the attention of one layer after another into a graph."""

    def __init__(self, graph: Graph, shape: Shape) -> None:
        self._graph = graph
        self._shape = shape
        self.prepare()

    @abstractmethod
    def prepare(self) -> None:
        """What all layers share: masks, positions, tables."""

    @abstractmethod
    def layer(self, at: int, query: str, key: str, value: str) -> str:
        """Returns the attended values; writes `present.N.key|value`."""

    def _past(self, at: int) -> list[str]:
        return [f"past_key_values.{at}.key", f"past_key_values.{at}.value"]

    def _present(self, at: int) -> list[str]:
        return [f"present.{at}.key", f"present.{at}.value"]


class GroupQueryAttention(Attention):
    """ONNX Runtime's fused operator with its own rotary embedding: right padding, no position_ids."""

    def prepare(self) -> None:
        graph = self._graph
        cosines, sines = rotary_tables(self._shape)
        graph.constant("cosines", cosines)
        graph.constant("sines", sines)
        graph.node("ReduceSum", ["attention_mask", graph.integers(1)], "row_lengths", keepdims=0)
        graph.node("Sub", ["row_lengths", graph.integers(1)], "row_lengths_less_1")
        graph.cast("row_lengths_less_1", "seqlens_k", "int32")
        graph.node("Shape", ["attention_mask"], "mask_shape")
        graph.node("Gather", ["mask_shape", graph.integer(1)], "total_length_64")
        graph.cast("total_length_64", "total_length", "int32")

    def layer(self, at: int, query: str, key: str, value: str) -> str:
        tables = ["cosines", "sines"]
        return self._fused(at, [query, key, value], tables)

    def _fused(self, at: int, projections: list[str], tables: list[str]) -> str:
        shape = self._shape
        return self._graph.node_of(
            "GroupQueryAttention",
            [*projections, *self._past(at), "seqlens_k", "total_length", *tables],
            [f"layers.{at}.attended", *self._present(at)],
            domain=CONTRIB,
            num_heads=shape.num_attention_heads,
            kv_num_heads=shape.num_key_value_heads,
            do_rotary=1 if tables else 0,
            scale=shape.head_size**-0.5,
        )[0]


class GroupQueryAttentionWithPositions(GroupQueryAttention):
    """The fused operator after a rotary embedding of its own node, which takes position_ids."""

    def prepare(self) -> None:
        super().prepare()
        self._graph.add_input("position_ids", ["batch_size", "sequence_length"], "int64")

    def layer(self, at: int, query: str, key: str, value: str) -> str:
        shape = self._shape
        rotated = [
            self._rotate(query, f"layers.{at}.q.rotated", shape.num_attention_heads),
            self._rotate(key, f"layers.{at}.k.rotated", shape.num_key_value_heads),
        ]
        return self._fused(at, [*rotated, value], [])

    def _rotate(self, x: str, output: str, heads: int) -> str:
        operands = [x, "position_ids", "cosines", "sines"]
        # Told neither, the operator would take the head size from the table, which is the same, but not the heads.
        sizes = {"num_heads": heads, "rotary_embedding_dim": self._shape.head_size}
        return self._graph.node("RotaryEmbedding", operands, output, domain=CONTRIB, interleaved=0, **sizes)

"""Attention in standard operators only, with position_ids and any padding that the mask describes."""

import numpy as np

from makers.attention import Attention, rotary_tables


class PlainAttention(Attention):
    def prepare(self) -> None:
        self._graph.add_input("position_ids", ["batch_size", "sequence_length"], "int64")
        self._rotations()
        self._bias()

    def layer(self, at: int, query: str, key: str, value: str) -> str:
        graph, shape, name = self._graph, self._shape, f"layers.{at}"
        past_key, past_value = self._past(at)
        present_key, present_value = self._present(at)
        queries = self._rotate(self._split(query, f"{name}.q", shape.num_attention_heads), f"{name}.q.rotated")
        keys = self._rotate(self._split(key, f"{name}.k", shape.num_key_value_heads), f"{name}.k.rotated")
        values = self._split(value, f"{name}.v", shape.num_key_value_heads)
        graph.node("Concat", [past_key, keys], present_key, axis=2)
        graph.node("Concat", [past_value, values], present_value, axis=2)
        every_key = self._repeat(present_key, f"{name}.k")
        every_value = self._repeat(present_value, f"{name}.v")
        graph.node("Transpose", [every_key], f"{name}.k.columns", perm=[0, 1, 3, 2])
        graph.node("MatMul", [queries, f"{name}.k.columns"], f"{name}.products")
        scale = graph.constant("scale", np.float32(shape.head_size**-0.5))
        graph.node("Mul", [f"{name}.products", scale], f"{name}.scores")
        graph.node("Add", [f"{name}.scores", "bias"], f"{name}.seen")
        graph.node("Softmax", [f"{name}.seen"], f"{name}.probabilities", axis=-1)
        graph.node("MatMul", [f"{name}.probabilities", every_value], f"{name}.by_head")
        graph.node("Transpose", [f"{name}.by_head"], f"{name}.by_position", perm=[0, 2, 1, 3])
        return graph.node(
            "Reshape", [f"{name}.by_position", graph.integers(0, 0, shape.hidden_size)], f"{name}.attended"
        )

    def _rotations(self) -> None:
        """`cosine` and `sine`, [batch, 1, sequence, head size], of this call's positions."""
        graph = self._graph
        for name, table in zip(("cosine", "sine"), rotary_tables(self._shape)):
            graph.constant(f"{name}s", np.concatenate([table, table], -1))
            graph.node("Gather", [f"{name}s", "position_ids"], f"{name}.rows")
            graph.node("Unsqueeze", [f"{name}.rows", graph.integers(1)], name)

    def _bias(self) -> None:
        """`bias`, [batch, 1, sequence, total]: query j of this call sees key k iff k <= past + j and mask[k]."""
        graph = self._graph
        for tensor, length in (("attention_mask", "total"), ("input_ids", "sequence")):
            graph.node("Shape", [tensor], f"{tensor}.shape")
            graph.node("Gather", [f"{tensor}.shape", graph.integer(1)], length)
        graph.node("Sub", ["total", "sequence"], "past")
        graph.node("Range", [graph.integer(0), "total", graph.integer(1)], "key_positions")
        graph.node("Range", ["past", "total", graph.integer(1)], "query_positions")
        graph.node("Unsqueeze", ["query_positions", graph.integers(1)], "query_column")
        graph.node("LessOrEqual", ["key_positions", "query_column"], "is_before")
        graph.cast("attention_mask", "is_token", "bool")
        graph.node("Unsqueeze", ["is_token", graph.integers(1, 2)], "is_token_row")
        graph.node("And", ["is_before", "is_token_row"], "is_seen")
        lowest = float(np.finfo(graph.float_type).min)
        graph.node(
            "Where",
            ["is_seen", graph.constant("nothing", np.float32(0)), graph.constant("lowest", np.array(lowest))],
            "bias",
        )

    def _split(self, x: str, name: str, heads: int) -> str:
        """[batch, sequence, heads * size] to [batch, heads, sequence, size]."""
        graph = self._graph
        graph.node("Reshape", [x, graph.integers(0, 0, heads, self._shape.head_size)], f"{name}.split")
        return graph.node("Transpose", [f"{name}.split"], f"{name}.heads", perm=[0, 2, 1, 3])

    def _rotate(self, x: str, output: str) -> str:
        graph, half = self._graph, self._shape.head_size // 2
        axis = graph.integers(3)
        graph.node("Slice", [x, graph.integers(0), graph.integers(half), axis], f"{output}.first")
        graph.node("Slice", [x, graph.integers(half), graph.integers(2 * half), axis], f"{output}.second")
        graph.node("Neg", [f"{output}.second"], f"{output}.negated")
        graph.node("Concat", [f"{output}.negated", f"{output}.first"], f"{output}.turned", axis=3)
        graph.node("Mul", [x, "cosine"], f"{output}.along")
        graph.node("Mul", [f"{output}.turned", "sine"], f"{output}.across")
        return graph.node("Add", [f"{output}.along", f"{output}.across"], output)

    def _repeat(self, x: str, name: str) -> str:
        """Each key-value head once for every query head that reads it."""
        graph, shape = self._graph, self._shape
        times = shape.num_attention_heads // shape.num_key_value_heads
        graph.node("Unsqueeze", [x, graph.integers(2)], f"{name}.grouped")
        graph.node("Tile", [f"{name}.grouped", graph.integers(1, 1, times, 1, 1)], f"{name}.tiled")
        heads = graph.integers(0, shape.num_attention_heads, -1, shape.head_size)
        return graph.node("Reshape", [f"{name}.tiled", heads], f"{name}.repeated")

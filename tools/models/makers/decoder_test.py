import unittest

import numpy as np
import onnx
from onnx import numpy_helper

from makers.decoder import ATTENTIONS, build_decoder
from makers.linear import Precision
from makers.problem import Problem
from makers.sources import random_model

KINDS = ("fp32", "fp16", "int8", "int4")


class Decoder(unittest.TestCase):
    def setUp(self) -> None:
        self.source = random_model("two-layers")

    def build(self, precision: Precision, attention: str = "gqa") -> onnx.GraphProto:
        return build_decoder(self.source.shape, self.source.weights, precision, attention).model.graph

    def test_is_a_valid_graph_in_standard_operators(self) -> None:
        for kind in KINDS:
            decoder = build_decoder(self.source.shape, self.source.weights, Precision(kind), "plain")
            onnx.checker.check_model(decoder.model)

    def test_reads_only_what_was_written_before_and_writes_every_output(self) -> None:
        # The checker does not know ONNX Runtime's own norms, so this is checked here for all.
        for kind in KINDS:
            for attention in ATTENTIONS:
                graph = self.build(Precision(kind), attention)
                known = {value.name for value in [*graph.input, *graph.initializer]} | {""}
                for node in graph.node:
                    self.assertLessEqual(set(node.input), known, node.name)
                    known |= set(node.output)
                self.assertLessEqual({value.name for value in graph.output}, known)

    def test_takes_position_ids_where_the_attention_needs_them(self) -> None:
        for attention, has_positions in {"gqa": False, "gqa-positions": True, "plain": True}.items():
            names = [value.name for value in self.build(Precision(), attention).input]
            self.assertEqual("position_ids" in names, has_positions, attention)
            self.assertIn("past_key_values.1.value", names)

    def test_has_standard_operators_only_when_it_is_plain_and_not_quantised(self) -> None:
        for kind in KINDS:
            own = {node.op_type for node in self.build(Precision(kind), "plain").node if node.domain}
            self.assertEqual(own, {"MatMulNBits"} if kind.startswith("int") else set(), kind)

    def test_has_half_precision_cache_and_logits_in_fp16(self) -> None:
        graph = self.build(Precision("fp16"))
        cache = [value for value in graph.input if value.name.startswith("past_")]
        types = {value.type.tensor_type.elem_type for value in [*cache, *graph.output]}
        self.assertEqual(types, {onnx.TensorProto.FLOAT16})

    def test_counts_the_bits_of_a_weight_with_its_share_of_the_scale(self) -> None:
        expected = {("fp32", 32): 32, ("fp16", 32): 16, ("int8", 32): 9, ("int4", 32): 5, ("int4", 64): 4.5, ("int4", 16): 6}
        for (kind, block), bits in expected.items():
            decoder = build_decoder(self.source.shape, self.source.weights, Precision(kind, block))
            self.assertEqual(decoder.bits_per_weight, bits, kind)

    def test_writes_a_shared_embedding_once(self) -> None:
        sizes = [
            sum(numpy_helper.to_array(constant).nbytes for constant in self.build(Precision("int4", shares_embedding=shared)).initializer)
            for shared in (False, True)
        ]
        embedding = self.source.weights["embedding"].nbytes
        self.assertAlmostEqual(sizes[0] - sizes[1], embedding, delta=100)

    def test_refuses_to_share_the_embedding_with_another_head(self) -> None:
        weights = {**self.source.weights, "head": np.ones_like(self.source.weights["embedding"])}
        with self.assertRaisesRegex(Problem, "head of its own"):
            build_decoder(self.source.shape, weights, Precision(shares_embedding=True))


if __name__ == "__main__":
    unittest.main()

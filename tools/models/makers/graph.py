"""Builds an ONNX graph node by node."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

CONTRIB = "com.microsoft"
FLOAT_TYPES = {"float32": onnx.TensorProto.FLOAT, "float16": onnx.TensorProto.FLOAT16}


class Graph:
    """Nodes, constants, inputs and outputs; every value goes by its name."""

    def __init__(self, float_type: str) -> None:
        """`float_type` ("float32" or "float16") is that of activations, cache, logits and float constants."""
        self.float_type = float_type
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._inputs: list[onnx.ValueInfoProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def constant(self, name: str, value: object) -> str:
        """A constant, once: a second one of the same name is taken for the same. Floats get the graph's type."""
        if name not in self._constants:
            array = np.asarray(value)
            if array.dtype.kind == "f":
                array = array.astype(self.float_type)
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def has_constant(self, name: str) -> bool:
        return name in self._constants

    def constant_bytes(self, name: str) -> int:
        return len(self._constants[name].raw_data)

    def single(self, name: str, value: np.ndarray) -> str:
        """A constant that stays float32 in a graph of float16."""
        self._constants.setdefault(name, numpy_helper.from_array(value.astype(np.float32), name))
        return name

    def integers(self, *values: int) -> str:
        """A constant list of int64, named for what it holds."""
        return self.constant("integers_" + "_".join(map(str, values)), np.array(values, np.int64))

    def integer(self, value: int) -> str:
        """A constant scalar of int64."""
        return self.constant(f"integer_{value}", np.array(value, np.int64))

    def node(self, kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        """A node of one output of interest; of the standard operators unless `domain` says otherwise."""
        return self.node_of(kind, inputs, [output], **attributes)[0]

    def node_of(self, kind: str, inputs: list[str], outputs: list[str], **attributes: object) -> list[str]:
        """A node of several outputs; an empty name is an output that nobody wants."""
        self._nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs

    def cast(self, value: str, output: str, to: str) -> str:
        """Converts to "float32", "float16", "int32", "int64" or "bool"."""
        return self.node("Cast", [value], output, to=helper.np_dtype_to_tensor_dtype(np.dtype(to)))

    def add_input(self, name: str, dimensions: list[str | int], dtype: str | None = None) -> str:
        """An input of the graph, of its float type unless `dtype` ("int64") is given."""
        self._inputs.append(self._info(name, dimensions, dtype))
        return name

    def add_output(self, name: str, dimensions: list[str | int]) -> str:
        """An output of the graph, of its float type; some node must write it."""
        self._outputs.append(self._info(name, dimensions, None))
        return name

    def model(self) -> onnx.ModelProto:
        """The finished model, opset 18 of the standard operators and 1 of ONNX Runtime's."""
        graph = helper.make_graph(self._nodes, "decoder", self._inputs, self._outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid(CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="ganglion")

    def _info(self, name: str, dimensions: list[str | int], dtype: str | None) -> onnx.ValueInfoProto:
        element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype)) if dtype else FLOAT_TYPES[self.float_type]
        return helper.make_tensor_value_info(name, element, dimensions)

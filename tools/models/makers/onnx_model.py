"""A Llama-shaped model as ONNX in the Hugging Face layout."""

import argparse
from pathlib import Path

from makers.decoder import ATTENTIONS
from makers.layout import FILE_NAMES, Export, write_model
from makers.linear import Precision
from makers.sources import add_source, chosen_model, first_layers


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("--quant", choices=FILE_NAMES, default="int4")
    parser.add_argument("--attention", choices=ATTENTIONS, default="gqa")
    parser.add_argument("--block", type=int, default=32, help="weights that share a scale (int4, int8); default 32")
    parser.add_argument("--accuracy", type=int, choices=range(5), default=4, help="accuracy_level of MatMulNBits; default 4")
    parser.add_argument("--shared-embedding", action="store_true", help="a tied embedding is read from the head (int4, int8)")
    parser.add_argument("--layers", type=int, metavar="N", help="the first N layers only: a smaller and worse model")
    parser.add_argument("--external", action="store_true", help="weights beside the graph, in .onnx_data")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(arguments: argparse.Namespace) -> None:
    precision = Precision(arguments.quant, arguments.block, arguments.accuracy, arguments.shared_embedding)
    export = Export(precision, arguments.attention, arguments.external)
    model = chosen_model(arguments)
    written = write_model(first_layers(model, arguments.layers) if arguments.layers is not None else model, export, arguments.out)
    print(f"{written['file']}: {written['bytes']} bytes, {written['bitsPerWeight']:.2f} bits per weight")

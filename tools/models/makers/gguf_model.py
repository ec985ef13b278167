"""A Llama-shaped model as GGUF, for llama.cpp."""

import argparse
from pathlib import Path

from makers.gguf_file import TYPES, write_gguf
from makers.sources import add_source, chosen_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_source(parser)
    parser.add_argument("--type", choices=TYPES, default="q4_0")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")


def run(arguments: argparse.Namespace) -> None:
    written = write_gguf(chosen_model(arguments), arguments.type, arguments.out, arguments.out.stem)
    print(f"{written['file']}: {written['bytes']} bytes, {written['bitsPerWeight']:.2f} bits per weight")

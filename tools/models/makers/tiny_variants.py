"""The bundled model in every form that the engine supports.

A directory for each: precisions by attentions, weights beside the graph, position_ids with the fused attention, and the
model written as GGUF and read back, tokenizer included.
"""

import argparse
import tempfile
from pathlib import Path

from makers.gguf_file import read_gguf, write_gguf
from makers.layout import Export, write_model
from makers.linear import Precision
from makers.sources import trained_model

KINDS = ("fp32", "fp16", "int8", "int4")


def variants(block: int) -> dict[str, Export]:
    """Name of the directory to how it is written."""
    pairs = [(kind, attention) for kind in KINDS for attention in ("gqa", "plain")]
    crossed = {f"{kind}-{attention}": Export(Precision(kind, block), attention) for kind, attention in pairs}
    return {
        **crossed,
        "int8-shared": Export(Precision("int8", block, shares_embedding=True)),
        "int4-shared": Export(Precision("int4", block, shares_embedding=True)),
        "int4-external": Export(Precision("int4", block), external=True),
        "fp32-gqa-positions": Export(Precision("fp32"), "gqa-positions"),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--block", type=int, default=32, help="weights that share a scale (int4, int8); default 32")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(arguments: argparse.Namespace) -> None:
    model = trained_model()
    for name, export in variants(arguments.block).items():
        _tell(name, write_model(model, export, arguments.out / name))
    with tempfile.TemporaryDirectory(prefix="tiny-") as folder:
        file = Path(folder) / "tiny.gguf"
        write_gguf(model, "f32", file, "tiny")
        _tell("fp32-from-gguf", write_model(read_gguf(file), Export(Precision("fp32")), arguments.out / "fp32-from-gguf"))


def _tell(name: str, written: dict) -> None:
    print(f"{name}: {written['bytes']} bytes, {written['bitsPerWeight']:.2f} bits per weight", flush=True)

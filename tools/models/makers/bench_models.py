"""Random weights as ONNX and as their twins in GGUF, for benchmarks.

OUT/models.json lists them: `{"models": [{precision, directory, bitsPerWeight, gguf, ggufBitsPerWeight}], …}`.
"""

import argparse
import json
from pathlib import Path

from makers.gguf_file import write_gguf
from makers.layout import Export, write_model
from makers.linear import Precision
from makers.shape import SHAPES
from makers.sources import random_model

TWINS = {"int4": "q4_0", "int8": "q8_0", "fp32": "f32"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shape", choices=SHAPES, default="smollm2-135m")
    parser.add_argument("--precision", choices=TWINS, action="append", help="may be given again; default all")
    parser.add_argument(
        "--block", type=int, default=32, help="weights that share a scale: 32 (default) makes 5 and 9 bits, 64 4.5 and 8.5"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(arguments: argparse.Namespace) -> None:
    model = random_model(arguments.shape)
    made = []
    for kind in arguments.precision or TWINS:
        directory = arguments.out / kind
        # As GGUF has it: one matrix is embedding and head.
        precision = Precision(kind, arguments.block, shares_embedding=True)
        ours = write_model(model, Export(precision), directory)
        twin = write_gguf(model, TWINS[kind], arguments.out / f"{TWINS[kind]}.gguf", f"{arguments.shape}-random")
        entry = {
            "precision": kind,
            "directory": str(directory.resolve()),
            "bitsPerWeight": ours["bitsPerWeight"],
            "gguf": str(Path(twin["file"]).resolve()),
            "ggufBitsPerWeight": twin["bitsPerWeight"],
        }
        made.append(entry)
        print(f"{kind}: {entry['bitsPerWeight']:.2f} bits per weight, as GGUF {entry['ggufBitsPerWeight']:.2f}", flush=True)
    content = {"shape": arguments.shape, "block": arguments.block, "models": made}
    (arguments.out / "models.json").write_text(json.dumps(content, indent=1) + "\n")

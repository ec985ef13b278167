"""Writes a model in the Hugging Face layout: configuration, tokenizer, `onnx/model*.onnx`."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import onnx

from makers.decoder import build_decoder
from makers.linear import Precision
from makers.shape import Shape
from makers.vocabulary import Vocabulary
from makers.weights import Weights

FILE_NAMES = {"fp32": "model.onnx", "fp16": "model_fp16.onnx", "int8": "model_int8.onnx", "int4": "model_q4.onnx"}
# Protocol buffers end at 2 GiB; some room for the graph itself.
LARGEST_FILE = 2_000_000_000
COPIED = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "LICENSE")


@dataclass
class Model:
    """What a source gives: weights, and either a vocabulary to write or a directory to copy the other files from."""

    shape: Shape
    weights: Weights
    vocabulary: Vocabulary
    files: Path | None = None


@dataclass
class Export:
    """How to write the graph: see Precision and decoder.ATTENTIONS; `external` puts the weights beside it."""

    precision: Precision
    attention: str = "gqa"
    external: bool = False


def write_model(model: Model, export: Export, directory: Path) -> dict:
    """Writes the directory and returns `{file, bytes, bitsPerWeight}` of its graph, bytes with external weights."""
    (directory / "onnx").mkdir(parents=True, exist_ok=True)
    _write_configuration(model, directory)
    decoder = build_decoder(model.shape, model.weights, export.precision, export.attention)
    path = directory / "onnx" / FILE_NAMES[export.precision.kind]
    data = path.with_name(f"{path.name}_data")
    data.unlink(missing_ok=True)  # onnx.save appends
    if export.external or decoder.model.ByteSize() > LARGEST_FILE:
        onnx.save(decoder.model, path, save_as_external_data=True, location=data.name, size_threshold=1024)
    else:
        onnx.save(decoder.model, path)
    size = sum(file.stat().st_size for file in (path, data) if file.exists())
    return {"file": str(path), "bytes": size, "bitsPerWeight": decoder.bits_per_weight}


def _write_configuration(model: Model, directory: Path) -> None:
    if model.files is not None:
        for name in COPIED:
            if (model.files / name).exists() and model.files.resolve() != directory.resolve():
                shutil.copy(model.files / name, directory / name)
        _write_layers(model, directory / "config.json")
        return
    vocabulary = model.vocabulary
    generation = vocabulary.generation_config()
    config = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": "head" not in model.weights,
        **generation,
        **model.shape.config(),
    }
    contents = {
        "config.json": config,
        "generation_config.json": generation,
        "tokenizer.json": vocabulary.tokenizer(),
        "tokenizer_config.json": vocabulary.tokenizer_config(),
    }
    for name, content in contents.items():
        text = json.dumps(content, indent=1, ensure_ascii=False)
        (directory / name).write_text(f"{text}\n", "utf-8")


def _write_layers(model: Model, path: Path) -> None:
    """A copied configuration may be of more layers than were kept."""
    config = json.loads(path.read_text("utf-8"))
    if config["num_hidden_layers"] != model.shape.num_hidden_layers:
        config["num_hidden_layers"] = model.shape.num_hidden_layers
        path.write_text(f"{json.dumps(config, indent=1, ensure_ascii=False)}\n", "utf-8")

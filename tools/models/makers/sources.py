"""Where weights come from, as options of the command line."""

import argparse
from dataclasses import replace
from pathlib import Path

from makers.checkpoint import read_checkpoint
from makers.gguf_file import read_gguf
from makers.layout import Model
from makers.problem import Problem
from makers.shape import SHAPES
from makers.vocabulary import byte_vocabulary, read_vocabulary
from makers.weights import random_weights

TINY = Path(__file__).resolve().parents[3] / "models" / "tiny"


def random_model(name: str) -> Model:
    """Random weights of one of SHAPES, always the same, with a tokenizer of one token per byte."""
    shape = SHAPES[name]
    return Model(shape, random_weights(shape), byte_vocabulary(shape.vocab_size, shape.max_position_embeddings))


def trained_model(directory: Path = TINY) -> Model:
    """The bundled model, or one that its trainer made: `checkpoint.pt` with tokenizer and configuration beside."""
    shape, weights = read_checkpoint(directory / "checkpoint.pt")
    return Model(shape, weights, read_vocabulary(directory, shape.vocab_size), files=directory)


def add_source(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--random", choices=SHAPES, help="random weights of a shape")
    source.add_argument("--checkpoint", type=Path, metavar="DIR", help="a directory with checkpoint.pt and tokenizer files")
    source.add_argument("--gguf", type=Path, metavar="FILE", help="a GGUF file of the llama architecture")


def chosen_model(arguments: argparse.Namespace) -> Model:
    if arguments.random:
        return random_model(arguments.random)
    if arguments.checkpoint:
        return trained_model(arguments.checkpoint)
    return read_gguf(arguments.gguf)


def first_layers(model: Model, count: int) -> Model:
    """A smaller and worse model: the first layers of another. Raises Problem when it has fewer."""
    if not 1 <= count <= model.shape.num_hidden_layers:
        raise Problem(f"--layers: between 1 and {model.shape.num_hidden_layers}, not {count}")
    kept = {name: weight for name, weight in model.weights.items() if _layer_of(name) < count}
    return replace(model, shape=replace(model.shape, num_hidden_layers=count), weights=kept)


def _layer_of(name: str) -> int:
    """-1 for what belongs to no layer."""
    return int(name.split(".")[1]) if name.startswith("layers.") else -1

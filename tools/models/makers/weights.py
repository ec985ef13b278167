"""A decoder's weights as float32 arrays [outputs, inputs], under names of this package's own.

`embedding`, `norm`, optionally `head` (absent when it is the embedding), and for each layer `layers.N.<name>`.
"""

from typing import TypeAlias

import numpy as np

from makers.shape import Shape

Weights: TypeAlias = dict[str, np.ndarray]

MATRICES = ("q", "k", "v", "o", "gate", "up", "down")
NORMS = ("attention_norm", "mlp_norm")
# A row of zeros makes a logit of zero, which is never the largest of a vocabulary of random ones: these never come.
SILENT_IDS = (0, 1, 2)


def random_weights(shape: Shape, seed: int = 0, silent: tuple[int, ...] = SILENT_IDS) -> Weights:
    """Normal weights of deviation 1/sqrt(inputs), so that activations neither vanish nor explode in deep models.

    Tokens of `silent` are never the best one: with them as end tokens no answer ends before its maximal length.
    """
    random = np.random.default_rng(seed)
    hidden, inner = shape.hidden_size, shape.intermediate_size
    key_value = shape.num_key_value_heads * shape.head_size

    def normal(rows: int, columns: int) -> np.ndarray:
        return random.standard_normal((rows, columns), dtype=np.float32) / np.float32(columns**0.5)

    sizes = {
        "q": (hidden, hidden),
        "k": (key_value, hidden),
        "v": (key_value, hidden),
        "o": (hidden, hidden),
        "gate": (inner, hidden),
        "up": (inner, hidden),
        "down": (hidden, inner),
    }
    weights = {"embedding": normal(shape.vocab_size, hidden), "norm": np.ones(hidden, np.float32)}
    weights["embedding"][list(silent)] = 0
    for layer in range(shape.num_hidden_layers):
        for name, size in sizes.items():
            weights[f"layers.{layer}.{name}"] = normal(*size)
        for name in NORMS:
            weights[f"layers.{layer}.{name}"] = np.ones(hidden, np.float32)
    return weights

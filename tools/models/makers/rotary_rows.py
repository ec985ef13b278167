"""The order of the rows of query and key matrices.

Hugging Face rotates the first half of a head against its second half; llama.cpp rotates neighbours, and so its files
hold the rows of each head interleaved.
"""

import numpy as np


def to_gguf(weight: np.ndarray, heads: int) -> np.ndarray:
    """Hugging Face's order to llama.cpp's."""
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def from_gguf(weight: np.ndarray, heads: int) -> np.ndarray:
    """llama.cpp's order to Hugging Face's."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)

"""Blockwise symmetric quantisation, as ONNX Runtime's MatMulNBits reads it."""

import numpy as np

from makers.problem import Problem

# Multiples of the scale that puts a block's largest weight on the lowest level, of which a symmetric range has one more
# than above zero. With few levels it pays to clip that weight a little, or to put it on the other side.
TRIED_SCALES = {8: (1.0,), 4: (1.0, 0.95, 0.9, 0.85, 1.05, -1.0, -0.95, -0.9, -1.05)}


def quantise(weight: np.ndarray, bits: int, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Quantises [N, K] along K, each block with the tried scale that leaves the smallest squared error.

    Returns packed levels, uint8 [N, K / block, block * bits / 8], the lower half byte first, and scales, float32
    [N * K / block]; weight = (level - 2^(bits - 1)) * scale.
    """
    rows, columns = weight.shape
    if block < 16 or block & (block - 1) or columns % block:
        raise Problem(f"a block of {block} does not fit rows of {columns}: take a power of two from 16 that divides them")
    blocks = weight.reshape(rows, columns // block, block)
    half = 1 << (bits - 1)
    steps, scale = _best_steps(blocks, half, TRIED_SCALES[bits])
    levels = (steps.astype(np.int16) + half).astype(np.uint8)
    packed = levels[..., 0::2] | (levels[..., 1::2] << 4) if bits == 4 else levels
    return packed, scale.reshape(-1)


def _best_steps(blocks: np.ndarray, half: int, factors: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Steps in [-half, half), as int8 of the shape of `blocks`, and their scales [rows, blocks, 1]."""
    peak = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
    best_error = best_steps = best_scale = None
    for factor in factors:
        first = np.where(peak == 0, 1, peak * np.float32(factor / -half))
        steps = np.clip(np.rint(blocks / first), -half, half - 1)
        # For given steps, the scale of least squares.
        squares = np.einsum("rbi,rbi->rb", steps, steps)[..., None]
        scale = np.where(squares == 0, first, np.einsum("rbi,rbi->rb", blocks, steps)[..., None] / np.maximum(squares, 1))
        error = np.square(blocks - steps * scale).sum(-1, keepdims=True)
        steps = steps.astype(np.int8)
        if best_error is None:
            best_error, best_steps, best_scale = error, steps, scale
            continue
        is_better = error < best_error
        best_error = np.where(is_better, error, best_error)
        best_steps = np.where(is_better, steps, best_steps)
        best_scale = np.where(is_better, scale, best_scale)
    return best_steps, best_scale.astype(np.float32)

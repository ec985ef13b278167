import unittest

import numpy as np

from makers.problem import Problem
from makers.quantise import quantise


def restored(weight: np.ndarray, bits: int, block: int) -> np.ndarray:
    """What MatMulNBits makes of it: (level - 2^(bits - 1)) * scale."""
    packed, scales = quantise(weight, bits, block)
    levels = np.stack([packed & 15, packed >> 4], -1).reshape(*packed.shape[:2], -1) if bits == 4 else packed
    half = 1 << (bits - 1)
    shape = (weight.shape[0], weight.shape[1] // block, 1)
    return ((levels.astype(np.float32) - half) * scales.reshape(shape)).reshape(weight.shape)


class Quantise(unittest.TestCase):
    def setUp(self) -> None:
        self.weight = np.random.default_rng(5).standard_normal((24, 128), dtype=np.float32)

    def test_keeps_weights_that_are_whole_steps(self) -> None:
        for bits in (4, 8):
            half = 1 << (bits - 1)
            steps = np.random.default_rng(bits).integers(-half, half, (8, 64)).astype(np.float32)
            steps[:, ::32] = -half
            np.testing.assert_allclose(restored(steps * 0.25, bits, 32), steps * 0.25, rtol=1e-6)

    def test_leaves_less_error_than_the_largest_weight_on_the_lowest_level_would(self) -> None:
        blocks = self.weight.reshape(24, 4, 32)
        peak = np.take_along_axis(blocks, np.abs(blocks).argmax(-1, keepdims=True), -1)
        simple = (np.clip(np.rint(blocks / (peak / -8)), -8, 7) * (peak / -8)).reshape(self.weight.shape)
        ours = restored(self.weight, 4, 32)
        self.assertLess(np.square(ours - self.weight).mean(), 0.95 * np.square(simple - self.weight).mean())

    def test_leaves_less_error_in_smaller_blocks_and_with_more_bits(self) -> None:
        errors = [np.abs(restored(self.weight, *how) - self.weight).mean() for how in ((4, 64), (4, 32), (4, 16), (8, 32))]
        self.assertEqual(errors, sorted(errors, reverse=True))
        self.assertLess(errors[-1], 0.01)

    def test_keeps_blocks_of_zeros(self) -> None:
        np.testing.assert_array_equal(restored(np.zeros((2, 32), np.float32), 4, 32), np.zeros((2, 32)))

    def test_refuses_blocks_that_do_not_fit(self) -> None:
        for block in (8, 24, 48, 256):
            with self.assertRaisesRegex(Problem, f"a block of {block} does not fit rows of 128"):
                quantise(self.weight, 4, block)


if __name__ == "__main__":
    unittest.main()

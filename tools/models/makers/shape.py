"""The dimensions of a Llama-shaped decoder, under the names that `config.json` gives them."""

from dataclasses import asdict, dataclass

from makers.problem import Problem


@dataclass(frozen=True)
class Shape:
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    max_position_embeddings: int
    rope_theta: float
    rms_norm_eps: float

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads or self.head_size % 2:
            raise Problem(f"hidden_size {self.hidden_size} does not divide into {self.num_attention_heads} even heads")
        if self.num_attention_heads % self.num_key_value_heads:
            raise Problem("num_attention_heads must be a multiple of num_key_value_heads")

    @property
    def head_size(self) -> int:
        return self.hidden_size // self.num_attention_heads

    def config(self) -> dict:
        """The part of `config.json` that describes the shape."""
        return {**asdict(self), "head_dim": self.head_size}


SHAPES = {
    # That of HuggingFaceTB/SmolLM2-135M, with the context that its base model was trained on.
    "smollm2-135m": Shape(49152, 576, 1536, 30, 9, 3, 2048, 100000.0, 1e-5),
    # For trying things out: all that matters but the size.
    "two-layers": Shape(512, 64, 128, 2, 4, 2, 2048, 10000.0, 1e-5),
}

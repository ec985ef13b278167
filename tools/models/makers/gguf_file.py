"""GGUF files of the llama architecture: written for llama.cpp, read for us.

Keys and tensor names: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from pathlib import Path

import gguf
import numpy as np

from makers.layout import Model
from makers.problem import Problem
from makers.rotary_rows import from_gguf, to_gguf
from makers.shape import Shape
from makers.vocabulary import SINGLE_DIGITS, Vocabulary

# The type of the matrices, and the number by which GGUF calls a file of them.
TYPES = {
    "f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
    "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
    "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0),
    "q4_0": (gguf.GGMLQuantizationType.Q4_0, gguf.LlamaFileType.MOSTLY_Q4_0),
}

LAYER_NAMES = {
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "o": "attn_output",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
    "attention_norm": "attn_norm",
    "mlp_norm": "ffn_norm",
}


def _names(shape: Shape) -> dict[str, str]:
    """Our names of all weights but an untied head, to GGUF's."""
    names = {"embedding": "token_embd.weight", "norm": "output_norm.weight"}
    for layer in range(shape.num_hidden_layers):
        for ours, theirs in LAYER_NAMES.items():
            names[f"layers.{layer}.{ours}"] = f"blk.{layer}.{theirs}.weight"
    return names


def _heads(shape: Shape, name: str) -> int | None:
    """How many heads a matrix has whose rows the two formats order differently."""
    return {"q": shape.num_attention_heads, "k": shape.num_key_value_heads}.get(name.rsplit(".", 1)[-1])


def write_gguf(model: Model, kind: str, path: Path, name: str) -> dict:
    """Writes one of TYPES, norms in float32; returns `{file, bytes, bitsPerWeight}` as layout.write_model does."""
    shape, (quantisation, file_type) = model.shape, TYPES[kind]
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_file_type(file_type)
    writer.add_context_length(shape.max_position_embeddings)
    writer.add_embedding_length(shape.hidden_size)
    writer.add_block_count(shape.num_hidden_layers)
    writer.add_feed_forward_length(shape.intermediate_size)
    writer.add_head_count(shape.num_attention_heads)
    writer.add_head_count_kv(shape.num_key_value_heads)
    writer.add_layer_norm_rms_eps(shape.rms_norm_eps)
    writer.add_rope_dimension_count(shape.head_size)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_vocab_size(shape.vocab_size)
    _add_vocabulary(writer, model.vocabulary)
    weights_in_matrices = bytes_in_matrices = 0
    names = _names(shape) | ({"head": "output.weight"} if "head" in model.weights else {})
    for ours, theirs in names.items():
        weight = model.weights[ours]
        heads = _heads(shape, ours)
        if heads:
            weight = to_gguf(weight, heads)
        own = quantisation if weight.ndim == 2 else gguf.GGMLQuantizationType.F32
        data = gguf.quants.quantize(np.ascontiguousarray(weight, np.float32), own)
        writer.add_tensor(theirs, data, raw_dtype=own)
        # A tied embedding is the head too; an untied one gives a row to a step, and is not counted.
        if weight.ndim == 2 and not (ours == "embedding" and "head" in model.weights):
            weights_in_matrices += weight.size
            bytes_in_matrices += data.nbytes
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    bits = 8 * bytes_in_matrices / weights_in_matrices
    return {"file": str(path), "bytes": path.stat().st_size, "bitsPerWeight": bits}


def _add_vocabulary(writer: gguf.GGUFWriter, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(SINGLE_DIGITS)
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    writer.add_token_merges(vocabulary.merges)
    writer.add_bos_token_id(vocabulary.bos)
    writer.add_eos_token_id(vocabulary.eos)
    writer.add_pad_token_id(vocabulary.pad)
    writer.add_add_bos_token(False)
    if vocabulary.chat_template is not None:
        writer.add_chat_template(vocabulary.chat_template)


def read_gguf(path: Path) -> Model:
    """A file of the llama architecture with a byte-level BPE vocabulary. Raises Problem for any other, with the reason."""
    try:
        reader = gguf.GGUFReader(path)
    except (OSError, ValueError, KeyError, IndexError) as error:
        raise Problem(f"{path} cannot be read as GGUF: {error}") from error
    fields = {name: entry.contents() for name, entry in reader.fields.items()}
    architecture = fields.get("general.architecture")
    if architecture != "llama":
        raise Problem(f"{path} is of the architecture {architecture}; only llama is supported")
    try:
        shape, vocabulary = _shape(fields), _vocabulary(fields)
        stored = {tensor.name: tensor for tensor in reader.tensors}
        if "rope_freqs.weight" in stored:
            raise Problem(f"{path} scales its rotary embedding (rope_freqs.weight), which is not supported")
        names = _names(shape) | ({"head": "output.weight"} if "output.weight" in stored else {})
        weights = {ours: _weight(stored[theirs]) for ours, theirs in names.items()}
    except KeyError as error:
        raise Problem(f"{path} lacks {error}: it is no complete model of the llama architecture") from error
    for name, weight in weights.items():
        heads = _heads(shape, name)
        if heads:
            weights[name] = from_gguf(weight, heads)
    return Model(shape, weights, vocabulary)


def _weight(tensor: gguf.ReaderTensor) -> np.ndarray:
    dimensions = [int(size) for size in reversed(tensor.shape)]
    return gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32).reshape(dimensions)


def _shape(fields: dict) -> Shape:
    heads = fields["llama.attention.head_count"]
    hidden = fields["llama.embedding_length"]
    head_size = fields.get("llama.attention.key_length", hidden // heads)
    if head_size != hidden // heads:
        raise Problem(f"heads of {head_size} in {heads} make more than the embedding's {hidden}: not supported")
    return Shape(
        vocab_size=len(fields["tokenizer.ggml.tokens"]),
        hidden_size=hidden,
        intermediate_size=fields["llama.feed_forward_length"],
        num_hidden_layers=fields["llama.block_count"],
        num_attention_heads=heads,
        num_key_value_heads=fields.get("llama.attention.head_count_kv", heads),
        max_position_embeddings=fields["llama.context_length"],
        rope_theta=float(fields.get("llama.rope.freq_base", 10000.0)),
        # A float32 in the file: the shortest decimal of it is what was meant.
        rms_norm_eps=float(str(np.float32(fields["llama.attention.layer_norm_rms_epsilon"]))),
    )


def _vocabulary(fields: dict) -> Vocabulary:
    kind, split = fields["tokenizer.ggml.model"], fields.get("tokenizer.ggml.pre")
    if kind != "gpt2" or split != SINGLE_DIGITS:
        raise Problem(f"the tokenizer is {kind} with the split {split}; only gpt2 with {SINGLE_DIGITS} is supported")
    eos = fields["tokenizer.ggml.eos_token_id"]
    return Vocabulary(
        tokens=fields["tokenizer.ggml.tokens"],
        types=fields["tokenizer.ggml.token_type"],
        merges=fields["tokenizer.ggml.merges"],
        bos=fields.get("tokenizer.ggml.bos_token_id", eos),
        eos=eos,
        pad=fields.get("tokenizer.ggml.padding_token_id", eos),
        chat_template=fields.get("tokenizer.chat_template"),
        context=fields["llama.context_length"],
    )

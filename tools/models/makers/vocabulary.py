"""Byte-level BPE vocabularies, between the two formats that carry them: Hugging Face's files and GGUF."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from makers.problem import Problem

# GGUF's token types.
NORMAL, CONTROL, USER_DEFINED, UNUSED = 1, 3, 4, 5
# What GGUF calls the way these texts are split before merging: digits one by one, then GPT-2's pattern.
SINGLE_DIGITS = "smollm"


@dataclass
class Vocabulary:
    tokens: list[str]
    types: list[int]
    merges: list[str]
    """Pairs, a space between."""
    bos: int
    eos: int
    pad: int
    chat_template: str | None = None
    context: int = 2048
    more_ends: list[int] = field(default_factory=list)

    def tokenizer(self) -> dict:
        """`tokenizer.json`."""
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        digits = {"type": "Digits", "individual_digits": True}
        added = [
            {
                "id": id,
                "content": token,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": kind == CONTROL,
            }
            for id, (token, kind) in enumerate(zip(self.tokens, self.types))
            if kind in (CONTROL, USER_DEFINED)
        ]
        model = {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": {token: id for id, token in enumerate(self.tokens)},
            "merges": [merge.split(" ") for merge in self.merges],
        }
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": added,
            "normalizer": None,
            "pre_tokenizer": {"type": "Sequence", "pretokenizers": [digits, byte_level]},
            "post_processor": None,
            "decoder": byte_level,
            "model": model,
        }

    def tokenizer_config(self) -> dict:
        """`tokenizer_config.json`."""
        names = {"bos_token": self.bos, "eos_token": self.eos, "pad_token": self.pad, "unk_token": self.bos}
        config = {
            "tokenizer_class": "PreTrainedTokenizerFast",
            **{name: self.tokens[id] for name, id in names.items()},
            "model_max_length": self.context,
            "clean_up_tokenization_spaces": False,
            "add_bos_token": False,
        }
        return config if self.chat_template is None else {**config, "chat_template": self.chat_template}

    def generation_config(self) -> dict:
        """`generation_config.json`."""
        ends = [self.eos, *self.more_ends]
        return {
            "bos_token_id": self.bos,
            "eos_token_id": ends if len(ends) > 1 else self.eos,
            "pad_token_id": self.pad,
        }


def byte_alphabet() -> list[str]:
    """GPT-2's spelling of the 256 bytes: printable ones as themselves, the others from U+0100 on."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(others)) for byte in range(256)]


def byte_vocabulary(size: int, context: int) -> Vocabulary:
    """For random weights: every byte of a text is a token, the rest of the vocabulary never comes from a text.

    The special tokens are those of weights.SILENT_IDS, so that no completion of random weights ends by itself.
    """
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *byte_alphabet()]
    if size <= len(tokens):
        raise Problem(f"a vocabulary of {size} is too small for the {len(tokens)} tokens of a byte-level tokenizer")
    # GGUF wants at least one merge: that of two bytes which no UTF-8 text holds.
    impossible = [tokens[3 + 0xFE], tokens[3 + 0xFF]]
    tokens.append("".join(impossible))
    tokens += [f"<filler{id}>" for id in range(len(tokens), size)]
    types = [CONTROL] * 3 + [NORMAL] * (size - 3)
    template = (
        "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + "
        "'<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    )
    return Vocabulary(tokens, types, [" ".join(impossible)], bos=1, eos=2, pad=2, chat_template=template, context=context)


def read_vocabulary(directory: Path, size: int) -> Vocabulary:
    """From `tokenizer.json` and `tokenizer_config.json` of a model, filled up to the rows of its embedding."""
    tokenizer = json.loads((directory / "tokenizer.json").read_text("utf-8"))
    config = json.loads((directory / "tokenizer_config.json").read_text("utf-8"))
    splits = [step["type"] for step in (tokenizer["pre_tokenizer"] or {}).get("pretokenizers", [])]
    if tokenizer["model"]["type"] != "BPE" or splits != ["Digits", "ByteLevel"]:
        raise Problem(f"{directory}/tokenizer.json: only byte-level BPE with single digits is read, not {splits}")
    ids = dict(tokenizer["model"]["vocab"])
    added = {token["content"]: token for token in tokenizer["added_tokens"]}
    ids.update({content: token["id"] for content, token in added.items()})
    tokens = sorted(ids, key=ids.__getitem__)
    types = [(CONTROL if added[token]["special"] else USER_DEFINED) if token in added else NORMAL for token in tokens]
    fillers = [f"<filler{id}>" for id in range(len(tokens), size)]
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    bos, eos, pad = (ids[config[name]] for name in ("bos_token", "eos_token", "pad_token"))
    return Vocabulary(
        tokens + fillers,
        types + [UNUSED] * len(fillers),
        merges,
        bos,
        eos,
        pad,
        config.get("chat_template"),
        config["model_max_length"],
    )

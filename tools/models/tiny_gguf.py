"""The tiny model as GGUF (f16 or f32), to compare with llama.cpp on trained weights: python tiny_gguf.py ../../models/tiny OUT.gguf (needs gguf, numpy, torch)."""
import json, sys, numpy as np
from gguf import GGUFWriter
from llama_onnx import checkpoint_weights
src, out = sys.argv[1], sys.argv[2]; c, w = checkpoint_weights(f"{src}/checkpoint.pt"); tj = json.load(open(f"{src}/tokenizer.json")); tc = json.load(open(f"{src}/tokenizer_config.json"))
n, kv = c["num_attention_heads"], c["num_key_value_heads"]; perm = lambda a, h: a.reshape(h, 2, a.shape[0] // h // 2, *a.shape[1:]).swapaxes(1, 2).reshape(a.shape)
g = GGUFWriter(out, "llama"); g.add_name("ganglion-tiny"); g.add_context_length(c["max_position_embeddings"]); g.add_embedding_length(c["hidden_size"]); g.add_block_count(c["num_hidden_layers"]); g.add_feed_forward_length(c["intermediate_size"])
g.add_head_count(n); g.add_head_count_kv(kv); g.add_layer_norm_rms_eps(c["rms_norm_eps"]); g.add_rope_dimension_count(c["hidden_size"] // n); g.add_rope_freq_base(c["rope_theta"]); g.add_vocab_size(c["vocab_size"]); g.add_file_type(0)
tok = sorted(tj["model"]["vocab"], key=tj["model"]["vocab"].get); tok += [f"<unused{i}>" for i in range(c["vocab_size"] - len(tok))]
g.add_tokenizer_model("gpt2"); g.add_tokenizer_pre("smollm"); g.add_token_list(tok); g.add_token_types([3, 3, 3] + [1] * (len(tok) - 3)); g.add_token_merges([" ".join(m) if isinstance(m, list) else m for m in tj["model"]["merges"]])
g.add_bos_token_id(0); g.add_eos_token_id(2); g.add_pad_token_id(0); g.add_chat_template(tc["chat_template"])
put = lambda name, a: g.add_tensor(name, np.ascontiguousarray(a.astype(np.float32)))
put("token_embd.weight", w["emb"]); put("output_norm.weight", w["norm"])
for i in range(c["num_hidden_layers"]):
    put(f"blk.{i}.attn_q.weight", perm(w[f"{i}.q"], n)); put(f"blk.{i}.attn_k.weight", perm(w[f"{i}.k"], kv))
    for ours, theirs in dict(v="attn_v", o="attn_output", g="ffn_gate", u="ffn_up", d="ffn_down", n1="attn_norm", n2="ffn_norm").items(): put(f"blk.{i}.{theirs}.weight", w[f"{i}.{ours}"])
g.write_header_to_file(); g.write_kv_data_to_file(); g.write_tensors_to_file(); g.close(); print(out)

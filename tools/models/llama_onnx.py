"""Write a Llama-family decoder as ONNX in the Hugging Face layout (needs numpy, onnx; torch only for checkpoints).

  python llama_onnx.py --random smollm2-135m --quant int4 --out DIR        random weights of a real model's exact shape (speed tests)
  python llama_onnx.py --checkpoint checkpoint.pt --quant int8 --out DIR    weights of models/tiny/train.py
  python llama_onnx.py --hf DIR_OR_GGUF_FILE --quant int4 --out DIR         weights through transformers (Llama architecture)

--attention gqa  : com.microsoft GroupQueryAttention, rotary inside, no position_ids, right padding (as ONNX Runtime GenAI's builder)
--attention plain: standard operators, position_ids, any padding the mask describes (as optimum's export)
Inputs  input_ids, attention_mask[, position_ids], past_key_values.N.key|value [batch_size, kv_heads, past, head]
Outputs logits [batch, seq, vocab], present.N.key|value
"""
import argparse, os, numpy as np, onnx
from onnx import helper as h, TensorProto as T, numpy_helper as nh

SHAPES = {
    "smollm2-135m": dict(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, rope_theta=100000.0, max_position_embeddings=2048, rms_norm_eps=1e-5),
    "two-layers": dict(vocab_size=512, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, rope_theta=10000.0, max_position_embeddings=512, rms_norm_eps=1e-5),
}

def random_weights(c, seed=0):
    r = np.random.default_rng(seed); H, I, hd = c["hidden_size"], c["intermediate_size"], c["hidden_size"] // c["num_attention_heads"]; kv = c["num_key_value_heads"] * hd
    f = lambda *s: (r.standard_normal(s, dtype=np.float32) * 0.02)
    yield "emb", f(c["vocab_size"], H); yield "norm", np.ones(H, np.float32)
    for i in range(c["num_hidden_layers"]):
        for n, s in dict(q=(H, H), k=(kv, H), v=(kv, H), o=(H, H), g=(I, H), u=(I, H), d=(H, I)).items(): yield f"{i}.{n}", f(*s)
        yield f"{i}.n1", np.ones(H, np.float32); yield f"{i}.n2", np.ones(H, np.float32)

def checkpoint_weights(path):
    import torch
    c = torch.load(path); s = c["state"]; names = dict(q="q", k="kk", v="v", o="o", g="g", u="u", d="dn", n1="n1", n2="n2")
    w = {"emb": s["emb.weight"].numpy(), "norm": s["norm.weight"].numpy()}
    for i in range(c["cfg"]["num_hidden_layers"]):
        for ours, theirs in names.items(): w[f"{i}.{ours}"] = s[f"layers.{i}.{theirs}.weight"].numpy()
    return c["cfg"], w

def hf_weights(path):
    import torch
    from transformers import AutoModelForCausalLM
    d, f = (os.path.dirname(path), os.path.basename(path)) if path.endswith(".gguf") else (path, None)
    m = AutoModelForCausalLM.from_pretrained(d, gguf_file=f, dtype=torch.float32) if f else AutoModelForCausalLM.from_pretrained(d, dtype=torch.float32)
    assert m.config.model_type == "llama", m.config.model_type
    s, k = m.state_dict(), m.config; theta = getattr(k, "rope_theta", None) or k.rope_parameters["rope_theta"]
    c = {n: getattr(k, n) for n in ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads", "max_position_embeddings", "rms_norm_eps")} | {"rope_theta": float(theta)}
    w = {"emb": s["model.embed_tokens.weight"].numpy(), "norm": s["model.norm.weight"].numpy()}
    if not k.tie_word_embeddings: w["head"] = s["lm_head.weight"].numpy()
    a = dict(q="self_attn.q_proj", k="self_attn.k_proj", v="self_attn.v_proj", o="self_attn.o_proj", g="mlp.gate_proj", u="mlp.up_proj", d="mlp.down_proj", n1="input_layernorm", n2="post_attention_layernorm")
    for i in range(c["num_hidden_layers"]):
        for ours, theirs in a.items(): w[f"{i}.{ours}"] = s[f"model.layers.{i}.{theirs}.weight"].numpy()
    return c, w

def quantise(w, bits, block=32):
    """Symmetric block quantisation for MatMulNBits: w [N, K] -> packed uint8 [N, K/block, block*bits/8], scales [N*K/block]."""
    N, K = w.shape; b = w.reshape(N, K // block, block); half = 1 << (bits - 1)
    peak = np.take_along_axis(b, np.abs(b).argmax(-1, keepdims=True), -1); s = peak / -half; s[s == 0] = 1
    q = np.clip(np.rint(b / s) + half, 0, 2 * half - 1).astype(np.uint8)
    if bits == 4: q = (q[..., 0::2] | (q[..., 1::2] << 4))
    return q, s.astype(np.float32).reshape(-1)

def build(c, w, quant, attention):
    L, H, I, V = c["num_hidden_layers"], c["hidden_size"], c["intermediate_size"], c["vocab_size"]; nh_, nk = c["num_attention_heads"], c["num_key_value_heads"]; hd = H // nh_
    init, nodes, ins, outs = [], [], [], []
    def const(name, a): init.append(nh.from_array(np.ascontiguousarray(a), name)); return name
    def op(kind, i, o, domain="", **k): nodes.append(h.make_node(kind, i, [o] if isinstance(o, str) else o, domain=domain, **k)); return o
    def linear(x, name, out):
        a = w[name]; N, K = a.shape
        if quant == "fp32": return op("MatMul", [x, const(name + ".w", a.T)], out)
        q, s = quantise(a, int(quant[3:])); const(name + ".q", q); const(name + ".s", s)
        return op("MatMulNBits", [x, name + ".q", name + ".s"], out, "com.microsoft", K=K, N=N, bits=int(quant[3:]), block_size=32, accuracy_level=4)
    freq = 1 / c["rope_theta"] ** (np.arange(0, hd, 2) / hd); ang = np.arange(c["max_position_embeddings"])[:, None] * freq
    half_cos, half_sin = np.cos(ang).astype(np.float32), np.sin(ang).astype(np.float32)
    eps = c["rms_norm_eps"]; const("axis1", np.array([1], np.int64)); const("i1", np.array(1, np.int64))
    ids = [h.make_tensor_value_info("input_ids", T.INT64, ["batch_size", "sequence_length"]), h.make_tensor_value_info("attention_mask", T.INT64, ["batch_size", "total_sequence_length"])]
    if attention == "gqa":
        const("cos", half_cos); const("sin", half_sin)
        op("ReduceSum", ["attention_mask", "axis1"], "len", keepdims=0); op("Sub", ["len", "axis1"], "len1"); op("Cast", ["len1"], "seqlens_k", to=T.INT32)
        op("Shape", ["attention_mask"], "mshape"); op("Gather", ["mshape", "i1"], "total64"); op("Cast", ["total64"], "total", to=T.INT32)
    else:
        ids.append(h.make_tensor_value_info("position_ids", T.INT64, ["batch_size", "sequence_length"]))
        const("cos", np.concatenate([half_cos] * 2, -1)); const("sin", np.concatenate([half_sin] * 2, -1))
        op("Gather", ["cos", "position_ids"], "c3"); op("Unsqueeze", ["c3", "axis1"], "c4"); op("Gather", ["sin", "position_ids"], "s3"); op("Unsqueeze", ["s3", "axis1"], "s4")
        # causal + padding mask, additive: query j of this call sees key k iff k <= past + j and mask[k]
        op("Shape", ["attention_mask"], "mshape"); op("Gather", ["mshape", "i1"], "total"); op("Shape", ["input_ids"], "ishape"); op("Gather", ["ishape", "i1"], "seq"); op("Sub", ["total", "seq"], "past")
        const("zero", np.array(0, np.int64)); op("Range", ["zero", "total", "i1"], "keys"); op("Range", ["past", "total", "i1"], "queries"); op("Unsqueeze", ["queries", "axis1"], "qcol")
        op("LessOrEqual", ["keys", "qcol"], "causal"); op("Cast", ["attention_mask"], "mbool", to=T.BOOL); const("ax12", np.array([1, 2], np.int64)); op("Unsqueeze", ["mbool", "ax12"], "m4"); op("And", ["causal", "m4"], "see")
        const("f0", np.float32(0)); const("fmin", np.float32(-3e38)); op("Where", ["see", "f0", "fmin"], "bias"); const("scale", np.float32(hd ** -0.5))
        const("qshape", np.array([0, 0, nh_, hd], np.int64)); const("kshape", np.array([0, 0, nk, hd], np.int64)); const("oshape", np.array([0, 0, H], np.int64))
        const("h0", np.array([0], np.int64)); const("hh", np.array([hd // 2], np.int64)); const("he", np.array([hd], np.int64)); const("ax3", np.array([3], np.int64)); const("ax2", np.array([2], np.int64))
    def rotate(x, o):
        op("Slice", [x, "h0", "hh", "ax3"], o + ".a"); op("Slice", [x, "hh", "he", "ax3"], o + ".b"); op("Neg", [o + ".b"], o + ".nb"); op("Concat", [o + ".nb", o + ".a"], o + ".r", axis=3)
        op("Mul", [x, "c4"], o + ".c"); op("Mul", [o + ".r", "s4"], o + ".s"); return op("Add", [o + ".c", o + ".s"], o)
    def attend(i, q, k, v):
        pk, pv, nk_, nv = f"past_key_values.{i}.key", f"past_key_values.{i}.value", f"present.{i}.key", f"present.{i}.value"
        if attention == "gqa":
            op("GroupQueryAttention", [q, k, v, pk, pv, "seqlens_k", "total", "cos", "sin"], [f"{i}.att", nk_, nv], "com.microsoft", num_heads=nh_, kv_num_heads=nk, do_rotary=1, scale=hd ** -0.5); return f"{i}.att"
        for x, s, n in ((q, "qshape", "q"), (k, "kshape", "k"), (v, "kshape", "v")): op("Reshape", [x, s], f"{i}.{n}4"); op("Transpose", [f"{i}.{n}4"], f"{i}.{n}t", perm=[0, 2, 1, 3])
        rotate(f"{i}.qt", f"{i}.qr"); rotate(f"{i}.kt", f"{i}.kr"); op("Concat", [pk, f"{i}.kr"], nk_, axis=2); op("Concat", [pv, f"{i}.vt"], nv, axis=2)
        for src, n in ((nk_, "ke"), (nv, "ve")):
            op("Unsqueeze", [src, "ax2"], f"{i}.{n}5"); const(f"{i}.{n}rep", np.array([1, 1, nh_ // nk, 1, 1], np.int64)); op("Tile", [f"{i}.{n}5", f"{i}.{n}rep"], f"{i}.{n}6"); const(f"{i}.{n}sh", np.array([0, nh_, -1, hd], np.int64)); op("Reshape", [f"{i}.{n}6", f"{i}.{n}sh"], f"{i}.{n}")
        op("Transpose", [f"{i}.ke"], f"{i}.keT", perm=[0, 1, 3, 2]); op("MatMul", [f"{i}.qr", f"{i}.keT"], f"{i}.sc"); op("Mul", [f"{i}.sc", "scale"], f"{i}.sc2"); op("Add", [f"{i}.sc2", "bias"], f"{i}.sc3"); op("Softmax", [f"{i}.sc3"], f"{i}.p", axis=-1)
        op("MatMul", [f"{i}.p", f"{i}.ve"], f"{i}.at4"); op("Transpose", [f"{i}.at4"], f"{i}.att3", perm=[0, 2, 1, 3]); return op("Reshape", [f"{i}.att3", "oshape"], f"{i}.att")
    const("emb", w["emb"]); op("Gather", ["emb", "input_ids"], "x"); const("0.n1", w["0.n1"]); op("SimplifiedLayerNormalization", ["x", "0.n1"], "0.y", axis=-1, epsilon=eps); res, y = "x", "0.y"
    for i in range(L):
        a = attend(i, linear(y, f"{i}.q", f"{i}.qo"), linear(y, f"{i}.k", f"{i}.ko"), linear(y, f"{i}.v", f"{i}.vo"))
        const(f"{i}.n2", w[f"{i}.n2"]); op("SkipSimplifiedLayerNormalization", [res, linear(a, f"{i}.o", f"{i}.oo"), f"{i}.n2"], [f"{i}.z", "", "", f"{i}.r1"], "com.microsoft", epsilon=eps)
        g, u = linear(f"{i}.z", f"{i}.g", f"{i}.go"), linear(f"{i}.z", f"{i}.u", f"{i}.uo"); op("Sigmoid", [g], f"{i}.sg"); op("Mul", [g, f"{i}.sg"], f"{i}.si"); op("Mul", [f"{i}.si", u], f"{i}.gu")
        nxt = f"{i+1}.n1" if i + 1 < L else "norm"; const(nxt, w[nxt]); op("SkipSimplifiedLayerNormalization", [f"{i}.r1", linear(f"{i}.gu", f"{i}.d", f"{i}.do"), nxt], [f"{i+1}.y", "", "", f"{i}.r2"], "com.microsoft", epsilon=eps); res, y = f"{i}.r2", f"{i+1}.y"
        for kv in ("key", "value"):
            ins.append(h.make_tensor_value_info(f"past_key_values.{i}.{kv}", T.FLOAT, ["batch_size", nk, "past_sequence_length", hd])); outs.append(h.make_tensor_value_info(f"present.{i}.{kv}", T.FLOAT, ["batch_size", nk, "total_sequence_length", hd]))
    w.setdefault("head", w["emb"]); linear(y, "head", "logits")
    g = h.make_graph(nodes, "llama", ids + ins, [h.make_tensor_value_info("logits", T.FLOAT, ["batch_size", "sequence_length", V])] + outs, init)
    return h.make_model(g, opset_imports=[h.make_opsetid("", 18), h.make_opsetid("com.microsoft", 1)], ir_version=9, producer_name="ganglion")

if __name__ == "__main__":
    p = argparse.ArgumentParser(); p.add_argument("--random"); p.add_argument("--checkpoint"); p.add_argument("--hf"); p.add_argument("--quant", default="int4", choices=["fp32", "int8", "int4"]); p.add_argument("--attention", default="gqa", choices=["gqa", "plain"]); p.add_argument("--out", required=True); p.add_argument("--file"); a = p.parse_args()
    c, w = (SHAPES[a.random], dict(random_weights(SHAPES[a.random]))) if a.random else checkpoint_weights(a.checkpoint) if a.checkpoint else hf_weights(a.hf)
    os.makedirs(f"{a.out}/onnx", exist_ok=True); name = a.file or {"fp32": "model.onnx", "int8": "model_int8.onnx", "int4": "model_q4.onnx"}[a.quant]; m = build(c, w, a.quant, a.attention)
    if m.ByteSize() > 1_900_000_000: onnx.save(m, f"{a.out}/onnx/{name}", save_as_external_data=True, location=name + "_data")
    else: onnx.save(m, f"{a.out}/onnx/{name}")
    print(f"{a.out}/onnx/{name}", os.path.getsize(f"{a.out}/onnx/{name}"))

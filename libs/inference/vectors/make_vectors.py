"""A second implementation of docs/sampling.md, on Python's standard library alone, and the test vectors it gives.

  python3 make_vectors.py        writes sampling.json beside this file

It shares nothing with the TypeScript: its tables come from `decimal`. That both agree on every bit is the test.
"""
import decimal, json, math, os, random

decimal.getcontext().prec = 100
D, MASK = decimal.Decimal, 0xFFFFFFFF
LN2 = D(2).ln()

def leading(x):
    """The leading 32 bits of a positive number below 1, as an exact decimal."""
    k = 0
    while x * 2 ** k < 2 ** 31: k += 1
    return D(int(x * 2 ** k)) / D(2) ** k

LN2_HIGH = leading(LN2); STEP = LN2 / 64; STEP_HIGH = leading(STEP)
LN2_HI, LN2_LO, STEP_HI, STEP_LO = float(LN2_HIGH), float(LN2 - LN2_HIGH), float(STEP_HIGH), float(STEP - STEP_HIGH)
STEPS_PER_UNIT = float(64 / LN2)
LN_TABLE = [float(((1 + D(j) / 128) / (1 if j < 53 else 2)).ln()) for j in range(128)]
EXP_TABLE = [float((STEP * j).exp()) for j in range(64)]

def philox(c, k):
    c0, c1, c2, c3 = c; k0, k1 = k
    for _ in range(10):
        a, b = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & MASK, (a >> 32) ^ c3 ^ k1, a & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3

def ln(x):
    if 0.9375 <= x <= 1.0625:
        s = (x - 1) / (x + 1); z = s * s
        return 2 * s + 2 * s * (z * (1/3 + z * (1/5 + z * (1/7 + z * (1/9 + z * (1/11 + z * (1/13)))))))
    m, e = x, 0
    while m >= 2: m /= 2; e += 1
    while m < 1: m *= 2; e -= 1
    j = int((m - 1) * 128); c = 1 + j / 128; s = (m - c) / (m + c); z = s * s
    if j >= 53: e += 1
    return e * LN2_HI + (LN_TABLE[j] + (2 * s + 2 * s * (z * (1/3 + z * (1/5 + z * (1/7)))) + e * LN2_LO))

def exp(x):
    if not x >= -700: return 0.0
    n = math.floor(x * STEPS_PER_UNIT + 0.5); r = x - n * STEP_HI - n * STEP_LO; k, j = n // 64, n % 64
    return math.ldexp(EXP_TABLE[j] + EXP_TABLE[j] * (r + r * r * (1/2 + r * (1/6 + r * (1/24 + r * (1/120))))), k)

def gumbel(seed, choice, index, v):
    word = philox((v >> 2, index, choice, 0x67756D62), (seed & MASK, seed >> 32))[v & 3]
    return -ln(-ln((word + 0.5) / 2 ** 32))

def sample(logits, prompt, output, s, choice, index):
    z = list(logits)
    for v, b in s.get("logitBias", []): z[v] = z[v] + b
    if s["repetitionPenalty"] != 1:
        for v in set(prompt) | set(output): z[v] = z[v] / s["repetitionPenalty"] if z[v] > 0 else z[v] * s["repetitionPenalty"]
    for v in set(output): z[v] = z[v] - s["frequencyPenalty"] * output.count(v) - s["presencePenalty"]
    rank = lambda: sorted(ids, key=lambda v: (-z[v], v))
    ids = range(len(z))
    if s["temperature"] < 1e-6: return rank()[0]
    z = [x / s["temperature"] for x in z]; best = rank()[0]
    if 0 < s["topK"] < len(z): ids = rank()[:s["topK"]]
    if s["topP"] < 1:
        total = 0.0
        for v in sorted(ids): total += exp(z[v] - z[best])
        kept, mass = [], 0.0
        for v in rank():
            kept.append(v); mass += exp(z[v] - z[best])
            if mass >= s["topP"] * total: break
        ids = kept
    if s["minP"] > 0: ids = [v for v in ids if exp(z[v] - z[best]) >= s["minP"]]
    return min(ids, key=lambda v: (-(z[v] + gumbel(s["seed"], choice, index, v)), v))

def logprobs(logits, chosen, top):
    m = max(logits); total = 0.0
    for x in logits: total += exp(x - m)
    ids = [chosen] + sorted(range(len(logits)), key=lambda v: (-logits[v], v))[:top]
    return [[v, round(max(-99990000.0, ((logits[v] - m) - ln(total)) * 10000))] for v in ids]

def samplings(r):
    seed = lambda: r.choice([0, 1, 42, r.randrange(2 ** 32), r.randrange(2 ** 53), 2 ** 53 - 1])
    for i in range(60):
        yield dict(temperature=r.choice([0, 0.25, 0.7, 1, 1.5]), topP=r.choice([1, 0.9, 0.5, 0.01]), topK=r.choice([0, 0, 1, 5, 40, 1000]), minP=r.choice([0, 0, 0.05, 0.5]),
                   presencePenalty=r.choice([0, 0.5, -1]), frequencyPenalty=r.choice([0, 0.25, 1.5]), repetitionPenalty=r.choice([1, 1.1, 0.8]), seed=seed())

if __name__ == "__main__":
    r = random.Random(7)
    xs = [2.0 ** -33, 3 * 2.0 ** -33, 1e-10, 0.1, 0.25, 0.5, 0.9374999, 0.9375, 0.99, 1 - 2.0 ** -33, 1.0, 1.0625, 1.0625001, 1.5, 1.9999999, 2.0, 3.0, 22.87, 4294967295.5] + [r.random() for _ in range(40)] + [r.random() * 23 for _ in range(20)]
    es = [0.0, -1e-17, -0.0054, -0.0055, -0.5, -1.0, -10.0, -100.0, -699.9, -700.0, -700.1, -1e300] + [-r.random() * 40 for _ in range(40)]
    points = [(0, 0, 1, 0), (0, 0, 1, 1), (0, 0, 2, 0), (0, 1, 1, 0), (1, 0, 1, 0), (2 ** 32, 0, 1, 0), (2 ** 53 - 1, 127, 2048, 151935)] + [(r.randrange(2 ** 53), r.randrange(8), r.randrange(1, 4096), r.randrange(152000)) for _ in range(30)]
    samples = []
    for s in samplings(r):
        n = r.choice([8, 24, 48]); logits = [r.randrange(-2048, 2049) / 256 for _ in range(n)]
        if r.random() < 0.3: logits[r.randrange(n)] = logits[r.randrange(n)]
        prompt, output = [r.randrange(n) for _ in range(4)], [r.randrange(n) for _ in range(r.randrange(6))]; choice, index = r.randrange(3), len(output) + 1
        samples.append(dict(logits=logits, prompt=prompt, output=output, sampling=s, choice=choice, index=index, token=sample(logits, prompt, output, s, choice, index)))
    for s in samplings(r):
        n = r.choice([8, 24, 48]); logits = [r.randrange(-2048, 2049) / 256 for _ in range(n)]
        s["logitBias"] = [[v, r.choice([-100, 100, -7.5, 0.1, r.random() * 20 - 10])] for v in sorted(r.sample(range(n), r.choice([1, 1, 3, 8])))]
        prompt, output = [r.randrange(n) for _ in range(4)], [r.randrange(n) for _ in range(r.randrange(6))]; choice, index = r.randrange(3), len(output) + 1
        samples.append(dict(logits=logits, prompt=prompt, output=output, sampling=s, choice=choice, index=index, token=sample(logits, prompt, output, s, choice, index)))
    rows = [([0.0, 0.0], 1, 2), ([4.0, -1e30, 3.5, 4.0], 1, 3), ([0.0, 100.0], 1, 1)]
    for i in range(30):
        n = r.choice([8, 24, 300]); rows.append(([r.randrange(-5120, 5121) / 256 for _ in range(n)], r.randrange(n), r.choice([0, 1, 5, 8])))
    kat = [([0] * 4, [0] * 2), ([MASK] * 4, [MASK] * 2), ([0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344], [0xA4093822, 0x299F31D0])]
    parts = dict(philox=[dict(counter=c, key=k, words=list(philox(c, k))) for c, k in kat], ln=[[x, ln(x)] for x in xs], exp=[[x, exp(x)] for x in es],
                 gumbel=[dict(seed=a, choice=b, index=c, tokenId=d, value=gumbel(a, b, c, d)) for a, b, c, d in points], samples=samples,
                 logprobs=[dict(logits=l, chosen=v, top=k, logprobs=logprobs(l, v, k)) for l, v, k in rows])
    lines = ",\n".join(f' "{name}": [\n' + ",\n".join("  " + json.dumps(x) for x in rows) + "\n ]" for name, rows in parts.items())
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "sampling.json"), "w") as f: f.write("{\n" + lines + "\n}\n")

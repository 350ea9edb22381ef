#!/usr/bin/python3
"""Writes labels.json (run with Debian's python3-numpy): confident learning, restated in NumPy from the paper and from the
documented behaviour of cleanlab 2; cleanlab itself is not among Debian's packages.

240 examples of 4 classes with lopsided shares; 24 labels are flipped, mostly from 0 to 2. The rules of Northcutt et al. 2021
with cleanlab 2's decisions: an example that reaches several thresholds counts for its likeliest class, the diagonal is at
least 1, suspects are those off the diagonal whose prediction is not the label, ranked by the probability of the label.
cleanlab's last step, rounding the calibrated joint to whole examples, is left out.
"""
import json, sys
import numpy as np

random = np.random.RandomState(17)
N, K = 240, 4
true = random.choice(K, N, p=[0.5, 0.25, 0.17, 0.08])
logits = random.randn(N, K)
logits[np.arange(N), true] += 2.6
p = np.exp(logits)
p = (p / p.sum(1, keepdims=True)).astype(np.float32).astype(np.float64)
labels = true.copy()
flipped = random.choice(N, 24, replace=False)
for i in flipped:
    labels[i] = 2 if true[i] == 0 else (true[i] + 1) % K

thresholds = np.array([p[labels == c, c].mean() for c in range(K)])
counts = np.zeros((K, K), int)
suspects = []
for i in range(N):
    reached = p[i] >= thresholds - 1e-6
    if reached.sum() == 0:
        continue
    likely = int(np.argmax(p[i]) if reached.sum() > 1 else np.argmax(reached))
    counts[labels[i], likely] += 1
    if likely != labels[i] and p[i].argmax() != labels[i]:
        others = np.delete(p[i], labels[i]).max()
        suspects.append((p[i, labels[i]], i, likely, p[i, labels[i]] - others))
np.fill_diagonal(counts, np.maximum(counts.diagonal(), 1))
joint = counts / counts.sum(1, keepdims=True) * (np.bincount(labels, minlength=K) / N)[:, None]
suspects.sort()
json.dump({
    "probabilities": p.tolist(), "labels": labels.tolist(), "flipped": sorted(int(i) for i in flipped),
    "thresholds": thresholds.tolist(), "counts": counts.tolist(), "joint": joint.tolist(),
    "noise": (joint / joint.sum(0, keepdims=True)).tolist(), "wrong": 1 - joint.trace(),
    "suspects": [{"example": i, "likely": c, "selfConfidence": s, "margin": m} for s, i, c, m in suspects],
}, open(sys.argv[1] if len(sys.argv) > 1 else "labels.json", "w"))
print(len(suspects), "suspects,", len(set(flipped) & {s[1] for s in suspects}), "of 24 flips; counts", counts.tolist())

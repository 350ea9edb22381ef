#!/usr/bin/python3
"""Writes probabilities.json (run with Debian's python3-sklearn, python3-scipy and python3-torch): what they compute.

311 float32 probabilities of 4 classes from logits that are too sure of themselves, class 3 rare, some scores rounded so
that there are ties. `roc`, `pr`: scikit-learn's curves' areas, each class against the rest. `calibration`: ECE from
scikit-learn's calibration_curve over the confidence, Brier score by NumPy. `temperature`: SciPy's minimum of PyTorch's
cross entropy. `mcnemar`: SciPy's binomial test. `bootstrap`: SciPy's percentile interval, by another generator.
"""
import json, sys
import numpy as np
import torch
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, bootstrap
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

random = np.random.RandomState(41)
N, C = 311, 4
labels = random.choice(C, N, p=[0.4, 0.35, 0.2, 0.05])
logits = 2.5 * random.randn(N, C)
logits[np.arange(N), labels] += 2.0
logits = np.round(logits, 1)
p32 = torch.softmax(torch.tensor(logits).float(), 1).numpy()
p = p32.astype(np.float64)
p /= p.sum(1, keepdims=True)
confidence, right = p32.max(1).astype(np.float64), p32.argmax(1) == labels

BINS = 15
accuracy, mean_confidence = calibration_curve(right, confidence, n_bins=BINS)
edges = np.linspace(0, 1, BINS + 1)
counts = np.bincount(np.searchsorted(edges[1:-1], confidence), minlength=BINS)
filled = counts[counts > 0]

log_p = torch.tensor(np.log(np.maximum(p32.astype(np.float64), 2.0 ** -52)))
y = torch.tensor(labels)
nll = lambda t: torch.nn.functional.cross_entropy(log_p / t, y).item()
best = minimize_scalar(nll, bounds=(0.1, 10), method="bounded", options={"xatol": 1e-10})

differences = np.array([1] * 61 + [-1] * 38 + [0] * (1000 - 99))
interval = bootstrap((differences,), np.mean, n_resamples=20000, method="percentile", random_state=3).confidence_interval

json.dump({
    "probabilities": p32.astype(float).tolist(), "labels": labels.tolist(),
    "roc": [roc_auc_score(labels == c, p32[:, c]) for c in range(C)],
    "pr": [average_precision_score(labels == c, p32[:, c]) for c in range(C)],
    "calibration": {"counts": counts.tolist(), "accuracy": accuracy.tolist(), "confidence": mean_confidence.tolist(),
                    "ece": float((filled * np.abs(accuracy - mean_confidence)).sum() / N),
                    "nll": log_loss(labels, p), "brier": float(((p32 - np.eye(C)[labels]) ** 2).sum(1).mean())},
    "temperature": {"value": best.x, "nll": best.fun},
    "mcnemar": [{"n": n, "b": b, "c": c, "p": binomtest(b, b + c).pvalue}
                for n, b, c in [(1000, 61, 38), (50, 1, 9), (10000, 300, 301), (20, 0, 6)]],
    "bootstrap": {"low": interval.low, "high": interval.high},
}, open(sys.argv[1] if len(sys.argv) > 1 else "probabilities.json", "w"))

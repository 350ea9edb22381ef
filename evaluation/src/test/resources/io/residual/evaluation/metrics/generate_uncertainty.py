#!/usr/bin/python3
"""Writes uncertainty.json (run with Debian's python3-sklearn and python3-scipy): what they compute, in float64.

211 float32 logits of 4 classes to calibrate on and 307 to check, some rounded so that there are ties. `sets`: NumPy's
quantile of 1 - p(true class) at ceil((n + 1) c) / n ("inverted_cdf": the score of that rank), and what the sets of LAC with
it are like on the others; `expected`: SciPy's beta-binomial distribution. `energy`: SciPy's logsumexp. `auroc`: scikit-learn,
with the second half of the checked logits, made smaller, as outliers.
"""
import json, math, sys
import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import betabinom
from sklearn.metrics import roc_auc_score

random = np.random.RandomState(7)
N, M, C = 211, 307, 4


def draw(n):
    labels = random.choice(C, n, p=[0.4, 0.35, 0.2, 0.05])
    logits = 1.5 * random.randn(n, C)
    logits[np.arange(n), labels] += 2.0
    return np.round(logits, 1).astype(np.float32), labels


def probabilities(logits):
    return softmax(logits.astype(np.float64), 1).astype(np.float32).astype(np.float64)


calibration, calibration_labels = draw(N)
checked, labels = draw(M)
scores = 1 - probabilities(calibration)[np.arange(N), calibration_labels]
sets = []
for coverage in [0.5, 0.8, 0.9, 0.95, 0.99]:
    rank = math.ceil(round((N + 1) * coverage, 9))
    quantile = np.quantile(scores, rank / N, method="inverted_cdf")
    members = 1 - probabilities(checked) <= quantile
    covered = members[np.arange(M), labels]
    chance = betabinom(M, rank, N + 1 - rank)
    sets.append({
        "coverage": coverage, "rank": rank, "quantile": quantile, "covered": int(covered.sum()),
        "meanSize": members.sum(1).mean(), "empty": int((members.sum(1) == 0).sum()),
        "single": int((members.sum(1) == 1).sum()),
        "classes": [covered[labels == c].mean() for c in range(C)],
        "expected": [chance.ppf(0.025) / M, chance.ppf(0.975) / M]})

energy = -logsumexp(checked.astype(np.float64), 1)
half = M // 2
outliers = (-logsumexp(0.5 * checked[half:].astype(np.float64), 1)).astype(np.float32)
auroc = roc_auc_score(np.r_[np.zeros(half), np.ones(M - half)], np.r_[energy[:half].astype(np.float32), outliers])

json.dump({"calibration": calibration.astype(float).round(1).tolist(), "calibrationLabels": calibration_labels.tolist(),
           "checked": checked.astype(float).round(1).tolist(), "labels": labels.tolist(), "sets": sets,
           "energy": energy.tolist(), "outliers": outliers.astype(float).tolist(), "auroc": auroc},
          open(sys.argv[1] if len(sys.argv) > 1 else "uncertainty.json", "w"))

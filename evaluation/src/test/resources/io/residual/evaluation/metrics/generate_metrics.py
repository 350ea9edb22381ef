#!/usr/bin/python3
"""Writes metrics.json (run with Debian's python3-sklearn, python3-scipy and python3-torch): what they compute.

`matrices`: confusion matrices (rows actual, columns predicted) and scikit-learn's rates. A rate is null where
scikit-learn would put its zero_division, found by asking it twice, with 0 and with 1. `macro` are its macro averages
over the classes where the rate is defined, `macro_zero` its default, which counts an undefined rate as 0.
`scores`: float32 scores without ties, labels, top-k accuracies and cross entropies.
`wilson`: SciPy's interval of a proportion.
"""
import json, sys, warnings
import numpy as np
import scipy
import sklearn
import torch
from scipy.stats import binomtest
from sklearn.metrics import (accuracy_score, balanced_accuracy_score, confusion_matrix, log_loss, matthews_corrcoef,
                             precision_recall_fscore_support, top_k_accuracy_score)

NAMES = ("precision", "recall", "f1")


def matrix_fixture(counts):
    counts = np.array(counts)
    classes = len(counts)
    pairs = [(a, p) for a in range(classes) for p in range(classes) for _ in range(counts[a, p])]
    actual, predicted = map(np.array, zip(*pairs))
    assert (confusion_matrix(actual, predicted, labels=range(classes)) == counts).all()

    def rates(**how):
        return precision_recall_fscore_support(actual, predicted, **how)

    zero, one = (rates(labels=range(classes), zero_division=z) for z in (0, 1))
    out = {"actual": actual.tolist(), "predicted": predicted.tolist(), "counts": counts.tolist(),
           "accuracy": accuracy_score(actual, predicted),
           "balanced_accuracy": balanced_accuracy_score(actual, predicted),
           "matthews": matthews_corrcoef(actual, predicted), "support": zero[3].tolist(), "macro": {}, "macro_zero": {}}
    for i, name in enumerate(NAMES):
        defined = [c for c in range(classes) if zero[i][c] == one[i][c]]
        out[name] = [float(zero[i][c]) if c in defined else None for c in range(classes)]
        out["macro"][name] = rates(labels=defined, average="macro", zero_division=0)[i]
        out["macro_zero"][name] = rates(labels=range(classes), average="macro", zero_division=0)[i]
    return out


def score_fixture(examples, classes, seed):
    random = np.random.RandomState(seed)
    logits = (3 * random.randn(examples, classes)).astype(np.float32)
    labels = random.randint(classes, size=examples)
    labels[:classes] = range(classes)  # scikit-learn wants every class
    probabilities = torch.softmax(torch.from_numpy(logits), 1).numpy()
    # An example that is certainly wrong: its loss is what the clip makes it.
    probabilities[3] = np.eye(classes, dtype=np.float32)[(labels[3] + 1) % classes]
    logits[4] *= 1e4
    p64 = probabilities.astype(np.float64)
    return {
        "logits": logits.astype(float).tolist(), "probabilities": p64.tolist(), "labels": labels.tolist(),
        "top": {str(k): top_k_accuracy_score(labels, logits, k=k) for k in range(1, classes)},
        "cross_entropy_of_probabilities": log_loss(labels, p64 / p64.sum(1, keepdims=True)),
    }


def wilson_fixture(successes, trials, level):
    interval = binomtest(successes, trials).proportion_ci(level, method="wilson")
    return {"successes": successes, "trials": trials, "level": level, "low": interval.low, "high": interval.high}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    random = np.random.RandomState(5)
    ten = random.randint(0, 6, (10, 10)) + np.diag(random.randint(10, 60, 10))
    ten[:, 4] = 0  # never predicted
    ten[7, :] = 0  # never present
    absent = [[4, 0, 2], [0, 0, 0], [3, 0, 6]]  # class 1 is neither
    json.dump({
        "versions": {"sklearn": sklearn.__version__, "scipy": scipy.__version__, "torch": torch.__version__},
        "matrices": {"three": matrix_fixture([[5, 1, 0], [2, 7, 3], [0, 4, 9]]), "ten": matrix_fixture(ten),
                     "absent": matrix_fixture(absent)},
        "scores": score_fixture(23, 5, 9),
        "wilson": [wilson_fixture(*c) for c in [(21, 31, 0.95), (0, 7, 0.95), (7, 7, 0.95), (9130, 10000, 0.95),
                                                (1, 3, 0.5), (17, 1000, 0.999)]],
    }, open(sys.argv[1] if len(sys.argv) > 1 else "metrics.json", "w"), indent=1)

#!/usr/bin/python3
"""Writes kappa.json (run with Debian's python3-sklearn): cohen_kappa_score of pairs of reviewers' answers.

Random answers that agree often, rarely or by chance alone, with rare and one-sided answers; and reviewers who always gave
the same answer, for whom kappa is not defined (null).
"""
import json, os
import numpy as np
from sklearn.metrics import cohen_kappa_score

random = np.random.RandomState(7)
WORDS = np.array(["Shirt", "Coat", "Bag", "(dropped)", "(unsure)"])
cases = []
for n, agree, p in [
    (50, 0.9, [0.5, 0.3, 0.1, 0.05, 0.05]),
    (50, 0.5, [0.2] * 5),
    (37, 0.0, [0.6, 0.4, 0, 0, 0]),
    (200, 0.3, [0.96, 0.01, 0.01, 0.01, 0.01]),
    (12, 0.2, [0.1, 0.8, 0.1, 0, 0]),
]:
    first = random.choice(5, n, p=p)
    second = np.where(random.rand(n) < agree, first, random.choice(5, n, p=p[::-1] if agree == 0.2 else p))
    cases.append((WORDS[first].tolist(), WORDS[second].tolist()))
cases.append((["Bag", "Coat"] * 5, ["Coat", "Bag"] * 5))
cases.append((["Bag"] * 4, ["Coat"] * 4))
cases.append((["Bag"] * 4, ["Bag"] * 4))
out = []
for first, second in cases:
    with np.errstate(all="ignore"):
        kappa = cohen_kappa_score(first, second)
    out.append({"first": first, "second": second, "kappa": None if np.isnan(kappa) else float(kappa)})
json.dump({"cases": out}, open(os.path.join(os.path.dirname(__file__), "kappa.json"), "w"), indent=0)

#!/usr/bin/env python3
"""Writes worth.csv: what the best of several candidates is worth, with its interval, by NumPy and SciPy.

Made with Debian's python3-scipy 1.10.1, as `/usr/bin/python3 generate_worth.py > worth.csv`. Columns: low, mean and high
of the interval, the winner's index, and the candidates' values by seed, candidates separated by semicolons. The last
have candidates that were stopped after four seeds.
"""
import numpy as np
from scipy.stats import t


def worth(candidates):
    complete = max(len(c) for c in candidates)
    winner = max((i for i, c in enumerate(candidates) if len(c) == complete), key=lambda i: np.mean(candidates[i]))
    held_out = []
    for seed in range(complete):
        having = [c for c in candidates if len(c) > seed]
        held_out.append(max(having, key=lambda c: np.mean(np.delete(c, seed)))[seed])
    freedom = sum(len(c) - 1 for c in candidates)
    pooled = sum(np.var(c, ddof=1) * (len(c) - 1) for c in candidates) / freedom
    half = t.ppf(1 - 0.05 / 2 / len(candidates), freedom) * np.sqrt(pooled / complete)
    mean = np.mean(held_out)
    return mean - half, mean, mean + half, winner


random = np.random.default_rng(19)
cases = [[random.normal(0.9, 0.01, n) for _ in range(k)] for k, n in ((1, 3), (2, 2), (3, 3), (3, 3), (5, 3), (3, 10))]
cases += [[random.normal(0.92, 0.01, 7), random.normal(0.92, 0.01, 7), random.normal(0.9, 0.01, 4)]]
cases += [[random.normal(0.9, 0.01, 4), random.normal(0.95, 0.01, 4)]]
print("low,mean,high,winner,values")
for case in cases:
    print(*(repr(float(x)) for x in worth(case)[:3]), worth(case)[3], ";".join(" ".join(repr(float(v)) for v in c) for c in case), sep=",")

#!/usr/bin/env python3
"""Writes signed-ranks.csv: differences and the p-value of their signed-rank test, alternative "less".

Made with Debian's python3-scipy 1.10.1, as `/usr/bin/python3 generate_signed_ranks.py > signed-ranks.csv`. Without ties
and zeros it is scipy.stats.wilcoxon's exact distribution. That of 1.10 does not know ties and zeros, for which
scipy.stats.permutation_test goes through all signs, with the statistic of wilcoxon's zero_method "zsplit".
"""
import numpy as np
from scipy.stats import permutation_test, rankdata, wilcoxon


def positive_ranks(differences):
    ranks = rankdata(np.abs(differences))
    return np.sum(ranks[differences > 0]) + 0.5 * np.sum(ranks[differences == 0])


def p_less(differences):
    sizes = np.abs(differences)
    if np.all(sizes > 0) and len(np.unique(sizes)) == len(sizes):
        return wilcoxon(differences, alternative="less", zero_method="zsplit", mode="exact").pvalue
    return permutation_test(
        (differences,), positive_ranks, permutation_type="samples", alternative="less", n_resamples=np.inf, vectorized=False
    ).pvalue


random = np.random.default_rng(16)
samples = [np.array([-0.01]), np.zeros(2), np.zeros(4), -np.arange(1, 4) / 64, -np.arange(1, 5) / 64]
samples += [random.normal(-0.3, 1, n) for n in (2, 3, 4, 5, 8, 12, 20, 40)]
samples += [random.integers(-6, 4, n) / 1000 for n in (3, 4, 4, 5, 6, 8, 10, 12, 13)]
print("p,differences")
for sample in samples:
    print(f"{p_less(sample)!r},{' '.join(repr(float(d)) for d in sample)}")

#!/usr/bin/env python3
"""256 values of the Ishigami function and the shares of its variance, as fanova.csv beside this file.

Lines "x1,x2,x3,value", and last the shares of x1, x2 and x3 that Optuna's fANOVA finds on trees of a scikit-learn
forest, averaged over 10 forests. Made with Debian's python3-optuna 3.1.0 and python3-sklearn 1.2.1 (/usr/bin/python3).
"""
from pathlib import Path

import numpy as np
from optuna.importance._fanova._fanova import _FanovaTree
from sklearn.ensemble import RandomForestRegressor


def main():
    points = np.random.RandomState(3).uniform(-np.pi, np.pi, (256, 3))
    x1, x2, x3 = points.T
    values = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    space = np.array([[-np.pi, np.pi]] * 3)
    shares = []
    for seed in range(10):
        forest = RandomForestRegressor(n_estimators=64, max_depth=64, random_state=seed).fit(points, values)
        for estimator in forest.estimators_:
            tree = _FanovaTree(estimator.tree_, space)
            shares.append([tree.get_marginal_variance(np.array([d])) / tree.variance for d in range(3)])
    rows = [[*point, value] for point, value in zip(points, values)] + [np.mean(shares, axis=0)]
    lines = [",".join(repr(float(v)) for v in row) + "\n" for row in rows]
    Path(__file__).with_name("fanova.csv").write_text("".join(lines))


main()

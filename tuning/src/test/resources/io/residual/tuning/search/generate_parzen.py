#!/usr/bin/env python3
"""Densities and choices of Optuna's multivariate TPE, as parzen.csv and pareto-choice.csv beside this file.

Made with Debian's python3-optuna 3.1.0 (/usr/bin/python3). parzen.csv: 40 observations, then 12 points with the
logarithm of their density; columns uniform, logUniform, whole, word[, logDensity]. pareto-choice.csv: 60 points of two
losses, with the weight of those among the 6 best and an empty field at the others.
"""
from pathlib import Path

import numpy as np
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import (
    _calculate_weights_below_for_multi_objective,
    _split_observation_pairs,
    default_weights,
)

WORDS = ["book", "torchvision", "paper"]
SPACE = {
    "uniform": FloatDistribution(-5, 10),
    "logUniform": FloatDistribution(1e-4, 1, log=True),
    "whole": IntDistribution(16, 112, step=16),
    "word": CategoricalDistribution(WORDS),
}


def draw(random, count):
    return {
        "uniform": random.uniform(-5, 10, count),
        "logUniform": np.exp(random.uniform(np.log(1e-4), 0, count)),
        "whole": 16.0 * random.randint(1, 8, count),
        "word": random.choice(3, count, p=[0.6, 0.3, 0.1]).astype(float),
    }


def row(values, i):
    return [repr(float(values["uniform"][i])), repr(float(values["logUniform"][i])), str(int(values["whole"][i])), WORDS[int(values["word"][i])]]


def main():
    random = np.random.RandomState(7)
    parameters = _ParzenEstimatorParameters(True, 1.0, True, False, default_weights, True)
    observed, points = draw(random, 40), draw(random, 12)
    estimator = _ParzenEstimator(observed, SPACE, parameters)
    points["word"] = points["word"].astype(int)
    densities = estimator.log_pdf(points)
    lines = [row(observed, i) for i in range(40)]
    lines += [row(points, i) + [repr(float(densities[i]))] for i in range(12)]
    Path(__file__).with_name("parzen.csv").write_text("".join(",".join(line) + "\n" for line in lines))

    losses = random.uniform(-1, 3, (60, 2))
    losses[:, 1] -= losses[:, 0]
    pairs = [(-float("inf"), list(loss)) for loss in losses]
    below, _ = _split_observation_pairs(pairs, 6, None)
    weights = dict(zip(below.tolist(), _calculate_weights_below_for_multi_objective(pairs, below, None).tolist()))
    Path(__file__).with_name("pareto-choice.csv").write_text(
        "".join(f"{float(a)!r},{float(b)!r},{weights.get(i, '')}\n" for i, (a, b) in enumerate(losses))
    )


main()

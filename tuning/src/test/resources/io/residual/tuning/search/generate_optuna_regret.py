#!/usr/bin/env python3
"""Median regret of Optuna's TPE and random samplers, written as optuna-regret.csv beside this file.

Made with Debian's python3-optuna 3.1.0 (/usr/bin/python3): TPESampler(multivariate=True, group=True), all else at its
defaults, 100 trials a study, one line a study. Usage: generate_optuna_regret.py FIRST_SEED SEEDS
"""
import math
import sys
import warnings
from pathlib import Path

import optuna

TRIALS = 100


def branin(trial):
    x = trial.suggest_float("x", -5, 10)
    y = trial.suggest_float("y", 0, 15)
    a = y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6
    return a**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]
C = [1.0, 1.2, 3.0, 3.2]


def hartmann6(trial):
    x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(6)]
    return -sum(c * math.exp(-sum(a * (v - p) ** 2 for a, v, p in zip(ra, x, rp))) for c, ra, rp in zip(C, A, P))


def conditional(trial):
    loss = 0.4 * (math.log10(trial.suggest_float("rate", 1e-5, 1, log=True)) + 2.5) ** 2
    model = trial.suggest_categorical("model", ["linear", "tree", "deep"])
    if model == "linear":
        return loss + 1
    if model == "tree":
        return loss + 0.4 + 0.05 * (trial.suggest_int("depth", 1, 12) - 7) ** 2
    loss += 0.3 * ((trial.suggest_int("width", 16, 256, step=16) - 176) / 64) ** 2
    if trial.suggest_categorical("schedule", ["constant", "cosine"]) == "constant":
        return loss + 0.2
    return loss + 0.1 * (math.log10(trial.suggest_float("lowestRate", 1e-6, 1e-2, log=True)) + 4) ** 2


FUNCTIONS = {"branin": (branin, 0.397887357729739), "hartmann6": (hartmann6, -3.32236801141551), "conditional": (conditional, 0)}


def main():
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    first, count = int(sys.argv[1]), int(sys.argv[2])
    with open(Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).with_name("optuna-regret.csv"), "a") as out:
        for seed in range(first, first + count):
            for name, (function, minimum) in FUNCTIONS.items():
                for kind, sampler in (
                    ("tpe", optuna.samplers.TPESampler(multivariate=True, group=True, seed=seed)),
                    ("random", optuna.samplers.RandomSampler(seed=seed)),
                ):
                    study = optuna.create_study(sampler=sampler)
                    study.optimize(function, n_trials=TRIALS)
                    out.write(f"{name},{kind},{seed},{study.best_value - minimum:.9g}\n")
            out.flush()


main()

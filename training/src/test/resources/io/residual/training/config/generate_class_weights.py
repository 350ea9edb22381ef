#!/usr/bin/python3
"""Writes class-weights.json: weights of classes of these sizes by scikit-learn ("balanced"), and by the formula of Cui et al. 2019
with beta 0.9999 as in their code, where the weights sum to the number of classes (run with Debian's python3-sklearn).
"""
import json
import os
import numpy
from sklearn.utils.class_weight import compute_class_weight

cases = []
for counts in ([700, 10, 90], [6000] * 3, [1, 20000, 300, 7]):
    labels = numpy.repeat(numpy.arange(len(counts)), counts)
    effective = (1.0 - 0.9999) / (1.0 - numpy.power(0.9999, counts))
    cases.append({
        "counts": counts,
        "inverse": compute_class_weight("balanced", classes=numpy.arange(len(counts)), y=labels).tolist(),
        "effective": (effective / numpy.sum(effective) * len(counts)).tolist(),
    })
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "class-weights.json"), "w") as out:
    json.dump(cases, out, indent=1)
    out.write("\n")

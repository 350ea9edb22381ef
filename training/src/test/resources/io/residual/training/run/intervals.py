"""Writes intervals.csv: 95 % t intervals of means by SciPy 1.10, as `python3 intervals.py > intervals.csv`."""

from math import sqrt
from statistics import mean, stdev

from scipy import stats

SAMPLES = [
    [0.71, 0.78],
    [-12.3, -10.1, -14.9],
    [0.2, -0.1, 0.4, 1.7, 0.05],
    [1e-7, 3e-7, 2e-7, 9e-7],
    [901.5, 899.0, 930.25, 870.75, 905.0, 911.125, 888.0, 902.0],
]

print("low,mean,high,values")
for values in SAMPLES:
    low, high = stats.t.interval(0.95, len(values) - 1, loc=mean(values), scale=stdev(values) / sqrt(len(values)))
    # The same decision as a paired t test: the interval holds 0 exactly where its p value is above 0.05.
    assert (low <= 0 <= high) == (stats.ttest_rel(values, [0] * len(values)).pvalue >= 0.05)
    print(f"{low!r},{mean(values)!r},{high!r},{' '.join(map(repr, values))}")

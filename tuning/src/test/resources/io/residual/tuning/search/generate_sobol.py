#!/usr/bin/env python3
"""The first 64 points of scipy's Sobol sequence in 7 dimensions, unscrambled, as sobol-7.csv beside this file.

Made with Debian's python3-scipy 1.10.1 (/usr/bin/python3).
"""
from pathlib import Path

from scipy.stats import qmc

points = qmc.Sobol(7, scramble=False).random(64)
Path(__file__).with_name("sobol-7.csv").write_text("".join(",".join(repr(float(v)) for v in p) + "\n" for p in points))

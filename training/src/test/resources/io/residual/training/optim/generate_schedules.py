#!/usr/bin/python3
"""Writes the learning rates of PyTorch's schedulers as text (run with Debian's python3-torch).

Each line is a schedule's name, then its rate at every iteration. 7 batches an epoch, 9 epochs: 63 iterations.
"""
import sys
import warnings
import torch
from torch.optim.lr_scheduler import (CosineAnnealingLR, CosineAnnealingWarmRestarts, ExponentialLR, LinearLR, MultiStepLR,
                                      OneCycleLR, SequentialLR, StepLR)

warnings.filterwarnings("ignore")
BATCHES, EPOCHS, HIGHEST, LOWEST = 7, 9, 0.4, 0.003
STEPS = BATCHES * EPOCHS


def rates(make):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=HIGHEST)
    schedule = make(optimiser)
    found = []
    for _ in range(STEPS):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()
    return found


def warm(optimiser, after):
    return SequentialLR(optimiser, [LinearLR(optimiser, 0.01, total_iters=2 * BATCHES), after], [2 * BATCHES])


def one_cycle(anneal):
    return lambda o: OneCycleLR(o, HIGHEST, total_steps=STEPS, pct_start=0.3, anneal_strategy=anneal, cycle_momentum=False,
                                div_factor=25, final_div_factor=HIGHEST / 25 / LOWEST)


SCHEDULES = {
    "step": lambda o: StepLR(o, 4 * BATCHES, 0.3),
    "multi-step": lambda o: MultiStepLR(o, [3 * BATCHES, 7 * BATCHES], 0.2),
    "cosine": lambda o: CosineAnnealingLR(o, STEPS, LOWEST),
    "one-cycle-cosine": one_cycle("cos"),
    "one-cycle-linear": one_cycle("linear"),
    "restarts": lambda o: CosineAnnealingWarmRestarts(o, 2 * BATCHES, 2, LOWEST),
    "warm-cosine": lambda o: warm(o, CosineAnnealingLR(o, STEPS - 2 * BATCHES, LOWEST)),
    "warm-step": lambda o: warm(o, StepLR(o, 4 * BATCHES, 0.3)),
    "exponential": lambda o: ExponentialLR(o, (LOWEST / HIGHEST) ** (1 / (STEPS - 1))),
}

if __name__ == "__main__":
    with open(f"{sys.argv[1] if len(sys.argv) > 1 else '.'}/schedules.txt", "w") as out:
        out.write(f"# PyTorch {torch.__version__}\n")
        for name, make in SCHEDULES.items():
            out.write(name + " " + " ".join(repr(r) for r in rates(make)) + "\n")
